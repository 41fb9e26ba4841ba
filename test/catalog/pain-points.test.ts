// How existing templates fail their users, by the numbers of the list that this project keeps, as far as the project template answers for it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchPolicy, serviceCatalogStatements, synthesizeTemplate, type Resource } from '../../src/catalog';
import { PACKAGE_ROOT } from '../../src/package-root';
import { faultOf } from '../../src/options';
import { filesIn } from '../folder';
import { OPTIONS } from './options';

const { template, yaml } = synthesizeTemplate(OPTIONS);
const keyed = synthesizeTemplate({ ...OPTIONS, encryption: 'project', repositoryProvider: 'CodeCommit' }).template;
const codeCommit = synthesizeTemplate({ ...OPTIONS, repositoryProvider: 'CodeCommit' }).template;

function ofType(type: string, { Resources } = template): Resource[] {
  return Object.values(Resources).filter(({ Type }) => Type === type);
}

/** Every statement of every policy in a template. */
function statementsOf(value: unknown): readonly { readonly Effect?: unknown; readonly Principal?: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(statementsOf);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'Effect' in value ? [value] : [];
  return [...own, ...Object.values(value).flatMap(statementsOf)];
}

/** Points that this file does not answer for alone: where else, by the names of tests. */
const ELSEWHERE: Readonly<Record<number, readonly (readonly [string, string])[]>> = {
  2: [['test/platform/functions.test.ts', 'repeats what the seed build said when the repository is not empty']],
  3: [['test/rehearsal/region/platform/launch.test.ts', 'leaves when deleted what the template retains']],
  4: [['test/platform/names.test.ts', 'the longest project name that is tried here has 32 characters of mixed case']],
  5: [
    [
      'test/rehearsal/region/eventbridge/template.test.ts',
      'each event of the template’s reaches the rule that is for it, and no other',
    ],
  ],
  8: [['test/platform/functions.test.ts', 'stops what runs, and deletes every pipeline that builds made']],
  12: [['test/platform/functions.test.ts', 'tell which step failed, why, and the line to run next']],
  13: [
    [
      'seed-code/model-build/test/endpoint/index.test.ts',
      "an endpoint that does not come up is told with SageMaker's reason",
    ],
  ],
  15: [
    ['test/rehearsal/rehearse.test.ts', 'goes from imagery to a served model, and keeps what it saw'],
    ['test/rehearsal/rehearse.test.ts', 'fails when the served model answers otherwise than it was evaluated'],
    [
      'seed-code/model-build/test/steps/evaluate.test.ts',
      'the model archive holds the model as trained, its operating point, and the serving bundle',
    ],
    [
      'seed-code/model-build/test/serve/server.test.ts',
      'answers an image with boxes in its pixels, class names and the model that answered',
    ],
  ],
};

test('each of the fifteen has a test: here by its number, or elsewhere by its name', () => {
  const here = readFileSync(__filename, 'utf8');
  for (let point = 1; point <= 15; point++) {
    const elsewhere = ELSEWHERE[point] ?? [];
    expect([point, elsewhere.length > 0 || new RegExp(`^test\\(['"]${point}: `, 'm').test(here)]).toEqual([
      point,
      true,
    ]);
    for (const [file, name] of elsewhere) {
      const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
      expect([file, name, text.includes(name)]).toEqual([file, name, true]);
    }
  }
});

test('1: a project needs no CodeCommit: the repository may live on a host that a connection reaches', () => {
  expect(ofType('AWS::CodeCommit::Repository')).toEqual([]);
  expect(JSON.stringify(ofType('AWS::CodePipeline::Pipeline'))).toContain('CodeStarSourceConnection');
});

test('2: a check-in of the seed that fails says why: each of its ways to fail has a sentence with a remedy', () => {
  const { BuildSpec } = template.Resources.HookSeed?.Properties?.Source as { BuildSpec: string };
  const sentences = [...BuildSpec.matchAll(/SEED_ERROR=\\?"([^"\\]+)/g)].map(([, text]) => text);
  expect(sentences.length).toBe(4);
  for (const sentence of sentences) expect(sentence).toMatch(/: .*, then launch again\.$/);
});

test('3: the launch role may read roles, update what it made, and remove permissions of functions', () => {
  const actions = launchPolicy(template, OPTIONS.platform).flatMap(({ Action }) => Action);
  for (const action of ['iam:GetRole', 'codepipeline:UpdatePipeline', 'lambda:RemovePermission', 'sns:Unsubscribe']) {
    expect(actions).toContain(action);
  }
});

test('4: no bucket is named after the project, whose name may hold capitals', () => {
  expect(template.Resources.ArtifactBucket?.Properties?.BucketName).toEqual({
    'Fn::Sub': 'sagemaker-project-${SageMakerProjectId}',
  });
});

test('5: the group that builds register into is the group that the template makes', () => {
  const group = template.Resources.ArtifactModelPackageGroup?.Properties?.ModelPackageGroupName;
  const { EnvironmentVariables } = template.Resources.BuildBuild?.Properties?.Environment as {
    EnvironmentVariables: { Name: string; Value: unknown }[];
  };
  expect(EnvironmentVariables.find(({ Name }) => Name === 'MODEL_PACKAGE_GROUP_NAME')?.Value).toEqual(group);
});

test("6: Studio's form finds a label and a group for every parameter, and knows which are optional", () => {
  const { Metadata, Parameters } = template as unknown as {
    Metadata: {
      'AWS::CloudFormation::Interface': { ParameterGroups: { Parameters: string[] }[]; ParameterLabels: object };
      SagemakerTemplateParameterRules: object;
    };
    Parameters: object;
  };
  const layout = Metadata['AWS::CloudFormation::Interface'];
  const names = Object.keys(Parameters).sort();
  expect(layout.ParameterGroups.flatMap((group) => group.Parameters).sort()).toEqual(names);
  expect(Object.keys(layout.ParameterLabels).sort()).toEqual(names);
  expect(Metadata.SagemakerTemplateParameterRules).toEqual({ AlertEmail: { Optional: true } });
});

test('7: Studio lists the repository, wherever it lives', () => {
  expect(ofType('AWS::SageMaker::CodeRepository')).toHaveLength(1);
  expect(ofType('AWS::SageMaker::CodeRepository', codeCommit)).toHaveLength(1);
});

test('8: deleting a project keeps what holds work, clears away what builds made, and leaves no log group', () => {
  for (const { Type, DeletionPolicy } of Object.values(codeCommit.Resources)) {
    const kept = /Bucket|ModelPackageGroup|CodeCommit/.test(Type);
    expect([Type, DeletionPolicy === 'RetainExceptOnCreate']).toEqual([Type, kept]);
  }
  expect(ofType('Custom::ProjectHook')).toHaveLength(1);
});

test('9: functions run on a runtime that is not on its way out', () => {
  for (const { Properties } of ofType('AWS::Lambda::Function')) expect(Properties?.Runtime).toBe('nodejs24.x');
});

test("10: no Python SDK is between a project and SageMaker's pipelines", () => {
  expect(yaml).not.toMatch(/pip install|python/i);
});

test('11: no role, key or topic is open to another account, and a list of stages is never empty', () => {
  const own = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root';
  for (const given of [template, codeCommit, keyed]) {
    for (const { Principal, Effect } of statementsOf(given)) {
      if (Principal === undefined || Effect === 'Deny') continue;
      const { AWS, Service } = Principal as { readonly AWS?: unknown; readonly Service?: unknown };
      expect(AWS === undefined ? Service : AWS).toEqual(AWS === undefined ? expect.anything() : { 'Fn::Sub': own });
    }
  }
  expect(faultOf('environments', [])).toContain('names at least one stage');
});

test("11: whatever is encrypted with a project's key may be: log groups by the key's policy, roles by their own", () => {
  const key = ofType('AWS::KMS::Key', keyed)[0]?.Properties as {
    readonly KeyPolicy: { readonly Statement: readonly { readonly Sid: string; readonly Condition?: object }[] };
  };
  const logs = JSON.stringify(key.KeyPolicy.Statement.find(({ Sid }) => Sid === 'Logs')?.Condition);
  for (const { Properties } of ofType('AWS::Logs::LogGroup', keyed)) {
    expect(Properties?.KmsKeyId).toEqual({ 'Fn::GetAtt': ['ArtifactKey', 'Arn'] });
    expect(logs).toContain(`log-group:${(Properties?.LogGroupName as { 'Fn::Sub': string })['Fn::Sub']}"`);
  }
  // Events start a pipeline, and touch nothing that is encrypted.
  const roles = Object.entries(keyed.Resources).filter(
    ([id, { Type }]) => Type === 'AWS::IAM::Role' && !/Events/.test(id),
  );
  expect(roles.filter(([, { Properties }]) => !JSON.stringify(Properties).includes('kms:Decrypt'))).toEqual([]);
});

test('12: nothing is scheduled that could fail unheard: of each failure of the pipeline people are told', () => {
  expect(yaml).not.toMatch(/MonitoringSchedule|AWS::Scheduler|ScheduleExpression/);
  const rules = ofType('AWS::Events::Rule').map(({ Properties }) => JSON.stringify(Properties));
  const failures = rules.find((rule) => rule.includes('SageMaker Model Building Pipeline Execution Status Change'));
  expect(failures).toContain('NotifyFunction');
});

test('13: an update of a project touches no endpoint, and no code of ours updates one', () => {
  expect(yaml).not.toMatch(/AWS::SageMaker::Endpoint/);
  const sources = ['src', join('seed-code', 'model-build', 'src'), join('templates', 'functions')].flatMap((folder) =>
    Object.entries(filesIn(join(PACKAGE_ROOT, folder))).filter(([path]) => !path.startsWith('rehearsal/region')),
  );
  expect(sources.filter(([, text]) => /CreateEndpointCommand/.test(text)).map(([path]) => path)).toEqual([
    'endpoint/index.ts',
  ]);
  expect(sources.filter(([, text]) => /UpdateEndpoint/.test(text))).toEqual([]);
});

test('14: the template needs no assets, of which products have none', () => {
  expect(yaml).not.toMatch(/cdk-bootstrap|AssetParameters|hnb659fds/);
});

test('beside them: parameters are those that the template uses, and the launch needs no file that is not here', () => {
  for (const name of Object.keys(template.Parameters)) expect(yaml).toMatch(new RegExp(`(Ref: |\\$\\{)${name}\\b`));
  expect(existsSync(join(PACKAGE_ROOT, 'seed-code', 'model-build', 'buildspec.yml'))).toBe(true);
  expect(serviceCatalogStatements().map(({ Sid }) => Sid)).toContain('ProvisionedStacks');
});
