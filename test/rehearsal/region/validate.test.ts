import { requestProblems, SAGEMAKER_MODEL, S3_MODEL, RUNTIME_MODEL } from '../../../src/rehearsal/region/model';

const problems = (operation: string, input: unknown) =>
  requestProblems(SAGEMAKER_MODEL, operation, input).map(({ kind, message }) => [kind, message]);

const GROUP = { ModelPackageGroupName: 'detectors' };

test.each([
  ['a request that fits', GROUP, []],
  [
    'a required member that is missing',
    {},
    [['constraint', "Value null at 'modelPackageGroupName' failed to satisfy constraint: Member must not be null"]],
  ],
  [
    'a pattern that fits only a part of the value',
    { ModelPackageGroupName: 'a b' },
    [
      [
        'constraint',
        "Value 'a b' at 'modelPackageGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
      ],
    ],
  ],
  [
    'what is wrong deep inside a list',
    { ...GROUP, Tags: [{ Key: 'a', Value: 'b' }, { Key: '' }] },
    [
      ['constraint', "Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be null"],
      [
        'constraint',
        "Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ],
    ],
  ],
  [
    'a value that is too long',
    { ...GROUP, Tags: Array.from({ length: 51 }, () => ({ Key: 'k', Value: '' })) },
    [
      [
        'constraint',
        expect.stringMatching(/^Value '.{201}' at 'tags' .* Member must have length less than or equal to 50$/),
      ],
    ],
  ],
  [
    'a number for a string',
    { ModelPackageGroupName: 7 },
    [['type', "Value at 'modelPackageGroupName' must be a string, and is of type number"]],
  ],
  ['a list for a structure', [], [['type', "Value at '' must be a structure, and is a list"]]],
  ['a member that the model does not have', { ...GROUP, Colour: 'red' }, [['unknown', "Unknown member 'colour'"]]],
  [
    'a member by the name of one that every object has',
    { ...GROUP, constructor: 'x' },
    [['unknown', "Unknown member 'constructor'"]],
  ],
  ['null for a member that may be absent', { ...GROUP, ModelPackageGroupDescription: null }, []],
])('finds in %s what there is', (_what, input, expected) => {
  expect(problems('CreateModelPackageGroup', input)).toEqual(expected);
});

test('finds numbers out of range, fractions for integers, and words that are not in an enum', () => {
  const list = { PipelineName: 'p', MaxResults: 101, SortOrder: 'Sideways' };
  expect(problems('ListPipelineVersions', list)).toEqual([
    [
      'constraint',
      "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
    ],
    [
      'constraint',
      "Value 'Sideways' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [Ascending, Descending]",
    ],
  ]);
  expect(problems('ListPipelineVersions', { PipelineName: 'p', MaxResults: 1.5 })).toEqual([
    ['type', "Value at 'maxResults' must be a number of type integer, and is of type number"],
  ]);
});

test('a pattern that Java spells in its own way means the same here', () => {
  const model = { ModelName: 'm', VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] } };
  expect(problems('CreateModel', model)).toEqual([]);
  const tagged = (Value: string) =>
    problems('AddTags', {
      ResourceArn: 'arn:aws:sagemaker:eu-west-1:000000000000:model/m',
      Tags: [{ Key: 'k', Value }],
    });
  expect(tagged('Größe 7 @home')).toEqual([]);
  expect(tagged('a|b')).toHaveLength(1);
});

test('a long definition with a line separator in it is no trouble', () => {
  const input = { PipelineName: 'p', RoleArn: `arn:aws:iam::000000000000:role/r`, ClientRequestToken: 'x'.repeat(32) };
  expect(problems('CreatePipeline', { ...input, PipelineDefinition: `${'{ \n'.repeat(100_000)}\u2028` })).toEqual([]);
});

test('every pattern of the models compiles, and every shape that is named is there', () => {
  for (const { shapes, operations } of [SAGEMAKER_MODEL, S3_MODEL, RUNTIME_MODEL]) {
    const named = Object.values(operations).flatMap(({ input, output }) => [input, output]);
    for (const shape of Object.values(shapes)) {
      if ('pattern' in shape && shape.pattern !== undefined)
        expect(() => new RegExp(shape.pattern ?? '', 'u')).not.toThrow();
      if (shape.type === 'structure') named.push(...Object.values(shape.members).map((member) => member.shape));
      if (shape.type === 'list') named.push(shape.member.shape);
      if (shape.type === 'map') named.push(shape.key.shape, shape.value.shape);
    }
    for (const name of named) if (name !== undefined) expect(shapes).toHaveProperty(name);
  }
});
