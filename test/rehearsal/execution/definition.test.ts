import { DefinitionError, parseDefinition } from '../../../src/rehearsal/execution';
import { condition, definition, jsonGet, processing } from './rehearse';

const retry = { ExceptionType: ['Step.THROTTLING'], MaxAttempts: 2 };

describe('parseDefinition', () => {
  test('takes every step of the tree, with the edges of its references, its DependsOn and its condition', () => {
    const { steps } = parseDefinition(
      definition([
        processing('Prepare'),
        {
          Name: 'Train',
          Type: 'Training',
          Arguments: { Data: { Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri" } },
        },
        {
          ...condition(
            'Gate',
            [{ Type: 'Not', Condition: { Type: 'Equals', LeftValue: jsonGet('Prepare', 'a'), RightValue: 1 } }],
            [
              {
                Name: 'Register',
                Type: 'RegisterModel',
                Arguments: { Url: { 'Std:Join': { On: '', Values: [{ Get: 'Steps.Train.A' }] } } },
              },
            ],
            [{ Name: 'TooLow', Type: 'Fail', Arguments: { ErrorMessage: 'low' } }],
          ),
          DependsOn: ['Train'],
        },
      ]),
    );
    const edges = [...steps].map(([name, step]) => [name, [...step.dependencies].sort()]);
    expect(Object.fromEntries(edges)).toEqual({
      Prepare: [],
      Train: ['Prepare'],
      Gate: ['Prepare', 'Train'],
      Register: ['Gate', 'Train'],
      TooLow: ['Gate'],
    });
  });

  test.each([
    ['no JSON', '{"Version"', /Unable to parse pipeline definition/],
    ['another version', '{"Version":"2019-01-01","Steps":[]}', /Version/],
    ['an unknown member', definition([processing('A')], { Stepz: [] }), /Stepz/],
    ['no step', definition([]), /Steps/],
    [
      'a step type that cannot be run',
      definition([{ Name: 'Deploy', Type: 'EMR', Arguments: {} }]),
      /Step "Deploy" is of type EMR, which a rehearsal cannot run/,
    ],
    [
      'such a type in a branch',
      definition([
        condition('G', [{ Type: 'Equals', LeftValue: 1, RightValue: 1 }], [{ Name: 'T', Type: 'Tuning' }], []),
      ]),
      /Step "T" is of type Tuning/,
    ],
    [
      'an output parameter that a Lambda step does not declare',
      definition([
        { Name: 'Ask', Type: 'Lambda', FunctionArn: 'arn:aws:lambda:x', Arguments: {}, OutputParameters: [] },
        { Name: 'Say', Type: 'Fail', Arguments: { ErrorMessage: { Get: "Steps.Ask.OutputParameters['word']" } } },
      ]),
      /Step "Say" refers to OutputParameters.word of step "Ask", which has no such output parameter/,
    ],
    ['two steps of one name', definition([processing('A'), processing('A')]), /Two steps have the name "A"/],
    [
      'a step of a branch with the name of another',
      definition([
        processing('A'),
        condition('G', [{ Type: 'Equals', LeftValue: 1, RightValue: 1 }], [processing('A')], []),
      ]),
      /Two steps have the name "A"/,
    ],
    ['a name of 65 characters', definition([processing('a'.repeat(65))]), /Name.*1 to 64/],
    ['a name with a blank', definition([processing('a b')]), /Name.*1 to 64/],
    ['an unknown dependency', definition([processing('A', { DependsOn: ['B'] })]), /depends on step "B", which/],
    [
      'a trigger, which only newer SDKs write',
      definition([processing('A', { DependsOn: [{ Step: 'B', Trigger: 'Failed' }] })]),
      /DependsOn/,
    ],
    [
      'a dependency on a Fail step',
      definition([
        { Name: 'F', Type: 'Fail', Arguments: { ErrorMessage: 'x' } },
        processing('A', { DependsOn: ['F'] }),
      ]),
      /nothing can depend on a Fail step/,
    ],
    ['a step that needs itself', definition([processing('A', { DependsOn: ['A'] })]), /A → A/],
    [
      'a cycle through a reference',
      definition([
        processing('A', { DependsOn: ['C'] }),
        processing('B', {}, { Data: { Get: "Steps.A.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri" } }),
        processing('C', { DependsOn: ['B'] }),
      ]),
      /Cycle detected.*A → C → B → A/,
    ],
    ['a step that does not exist', definition([processing('A', {}, { D: { Get: 'Steps.B.X' } })]), /step "B"/],
    ['an undeclared parameter', definition([processing('A', {}, { D: { Get: 'Parameters.P' } })]), /parameter "P"/],
    ['an unknown variable', definition([processing('A', {}, { D: { Get: 'Execution.Nope' } })]), /Execution\.Nope/],
    ['a reference to nothing', definition([processing('A', {}, { D: { Get: 'Nope' } })]), /"Nope"/],
    [
      'an output that the other step does not have',
      definition([
        processing('A'),
        processing('B', {}, { D: { Get: "Steps.A.ProcessingOutputConfig.Outputs['in'].S3Output.S3Uri" } }),
      ]),
      /output "in", which step "A" does not have/,
    ],
    [
      'a property file in an output that the step does not have',
      definition([
        processing('A', { PropertyFiles: [{ PropertyFileName: 'R', OutputName: 'nope', FilePath: 'r.json' }] }),
      ]),
      /property file "R" in the output "nope"/,
    ],
    [
      'a property file that the step does not declare',
      definition([processing('A', { PropertyFiles: [] }), processing('B', {}, { D: jsonGet('A', 'x') })]),
      /property file "Report", which step "A" does not have/,
    ],
    [
      'a property file outside of JsonGet',
      definition([processing('A'), processing('B', {}, { D: { Get: 'Steps.A.PropertyFiles.Report' } })]),
      /stands outside of Std:JsonGet/,
    ],
    [
      'a path that is none',
      definition([processing('A'), processing('B', {}, { D: jsonGet('A', '$.x[*]') })]),
      /Invalid json path/,
    ],
    [
      'JsonGet of two sources',
      definition([
        processing('A'),
        processing(
          'B',
          {},
          {
            D: {
              'Std:JsonGet': { PropertyFile: { Get: 'Steps.A.PropertyFiles.Report' }, S3Uri: 's3://b/k', Path: 'x' },
            },
          },
        ),
      ]),
      /either PropertyFile or S3Uri/,
    ],
    [
      'a Join of no list',
      definition([processing('A', {}, { D: { 'Std:Join': { On: '', Values: 'x' } } })]),
      /Std:Join takes/,
    ],
    [
      'an unknown condition',
      definition([condition('G', [{ Type: 'NotEquals', LeftValue: 1, RightValue: 1 }], [], [])]),
      /Step "G".*Conditions/,
    ],
    [
      'a retry without limit',
      definition([processing('A', { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'] }] })]),
      /either MaxAttempts or ExpireAfterMin/,
    ],
    [
      'a retry with two limits',
      definition([processing('A', { RetryPolicies: [{ ...retry, ExpireAfterMin: 5 }] })]),
      /either MaxAttempts or ExpireAfterMin/,
    ],
    [
      'a retry for one exception as a string',
      definition([processing('A', { RetryPolicies: [{ ...retry, ExceptionType: 'Step.THROTTLING' }] })]),
      /RetryPolicies\[0\]\.ExceptionType/,
    ],
    [
      'a retry of a registration for what only jobs raise',
      definition([
        {
          Name: 'R',
          Type: 'RegisterModel',
          Arguments: {},
          RetryPolicies: [{ ...retry, ExceptionType: ['SageMaker.CAPACITY_ERROR'] }],
        },
      ]),
      /RetryPolicies/,
    ],
    ['21 retries', definition([processing('A', { RetryPolicies: [{ ...retry, MaxAttempts: 21 }] })]), /MaxAttempts/],
    [
      'a cache that expires in no duration',
      definition([processing('A', { CacheConfig: { Enabled: true, ExpireAfter: 'soon' } })]),
      /"soon" is not an ISO 8601 duration/,
    ],
    [
      'a cache for a step that has none',
      definition([{ Name: 'M', Type: 'Model', Arguments: {}, CacheConfig: { Enabled: true } }]),
      /CacheConfig/,
    ],
    [
      'a parameter of no type',
      definition([processing('A')], { Parameters: [{ Name: 'P', Type: 'Date' }] }),
      /Parameters\[0\]\.Type/,
    ],
    [
      'a default of another type',
      definition([processing('A')], { Parameters: [{ Name: 'P', Type: 'Integer', DefaultValue: '1' }] }),
      /default of parameter 'P' is not of type Integer/,
    ],
    [
      'a default outside of its values',
      definition([processing('A')], {
        Parameters: [{ Name: 'P', Type: 'String', DefaultValue: 'c', EnumValues: ['a', 'b'] }],
      }),
      /'P' is "c", which is none of a, b/,
    ],
    [
      'two parameters of one name',
      definition([processing('A')], {
        Parameters: [
          { Name: 'P', Type: 'String' },
          { Name: 'P', Type: 'String' },
        ],
      }),
      /Two parameters have the name "P"/,
    ],
    [
      'MLflow, which a rehearsal does not have',
      definition([processing('A')], { MlflowConfig: { MlflowResourceArn: 'arn', MlflowExperimentName: 'e' } }),
      /no MLflow app/,
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseDefinition(text)).toThrow(DefinitionError);
    expect(() => parseDefinition(text)).toThrow(message);
  });

  test.each(['P30D', 'P4DT12H', 'PT90M', '30d', 'T12H', 'P1W'])(
    'takes %s as the time for which a run is kept',
    (text) => {
      const { steps } = parseDefinition(
        definition([processing('A', { CacheConfig: { Enabled: true, ExpireAfter: text } })]),
      );
      expect(steps.get('A')).toHaveProperty(
        'cacheFor',
        {
          P30D: 30 * 86_400_000,
          P4DT12H: 4.5 * 86_400_000,
          PT90M: 5_400_000,
          '30d': 30 * 86_400_000,
          T12H: 43_200_000,
          P1W: 7 * 86_400_000,
        }[text],
      );
    },
  );
});
