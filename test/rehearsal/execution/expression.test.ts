import { definition, jsonGet, processing, rehearse, VARIABLES } from './rehearse';

const REPORT = '{"a":{"b":[{"c d":1.0},{"c.d":2}]},"n":null,"t":true,"f":1e16,"i":3,"s":"x","o":{}}';

/** What an expression in a step after `A` becomes, or why that step fails; `A` has written the report. */
async function evaluated(expression: unknown): Promise<unknown> {
  const text = definition([processing('A'), processing('B', {}, { D: expression })]);
  const { last, calls } = await rehearse(text.replaceAll('"1.0"', '1.0'), {
    objects: { 's3://bucket/A/report.json': REPORT },
  });
  return last.B?.FailureReason ?? calls.find(({ name }) => name === 'B')?.request.D;
}

const join = (...values: unknown[]) => ({ 'Std:Join': { On: '/', Values: values } });

describe('expressions', () => {
  test.each([
    [
      'a Join of primitives, as Python writes them',
      join('a', 1, true, false, 0.5, '1.0', 1e-7, 1e22),
      'a/1/True/False/0.5/1.0/1e-07/1e+22',
    ],
    ['a Join of Joins', join('a', join('b', 'c')), 'a/b/c'],
    ['the name of the execution', join({ Get: 'Execution.PipelineExecutionId' }), VARIABLES.PipelineExecutionId],
    ['the pipeline', { Get: 'Execution.PipelineArn' }, VARIABLES.PipelineArn],
    ['the time of the start', { Get: 'Execution.StartDateTime' }, 1_767_323_045],
    ['an output by its name', { Get: "Steps.A.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri" }, 's3://bucket/A'],
    ['an output by its index', { Get: 'Steps.A.ProcessingOutputConfig.Outputs[0].OutputName' }, 'out'],
    ['a property that is not there', { Get: 'Steps.A.ExitMessage' }, "{'Get': 'Steps.A.ExitMessage'} is undefined."],
    ['a path of members, indexes and keys', jsonGet('A', "a.b[0]['c d']"), 1],
    ['a key with a dot', jsonGet('A', 'a.b[1]["c.d"]'), 2],
    [
      'a float that has no fraction, joined',
      join(jsonGet('A', "a.b[0]['c d']"), jsonGet('A', 'f'), jsonGet('A', 'i')),
      '1.0/1e+16/3',
    ],
    ['a boolean, joined', join(jsonGet('A', 't')), 'True'],
    ['an object, joined', join(jsonGet('A', 'o')), 'A string, number or boolean must stand here, not {}.'],
    [
      'a path that leads nowhere',
      jsonGet('A', 'a.z'),
      "Invalid json path 'a.z': s3://bucket/A/report.json has no such value.",
    ],
    [
      'an index that leads nowhere',
      jsonGet('A', 'a.b[2]'),
      "Invalid json path 'a.b[2]': s3://bucket/A/report.json has no such value.",
    ],
    ['a null', jsonGet('A', 'n'), "'n' of s3://bucket/A/report.json is undefined."],
    [
      'a member of the prototype',
      jsonGet('A', 'o.constructor'),
      "Invalid json path 'o.constructor': s3://bucket/A/report.json has no such value.",
    ],
    [
      'JsonGet of a URI',
      {
        'Std:JsonGet': {
          S3Uri: join({ Get: "Steps.A.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri" }, 'report.json'),
          Path: 's',
        },
      },
      'x',
    ],
    [
      'JsonGet of an object that is not there',
      { 'Std:JsonGet': { S3Uri: 's3://bucket/none.json', Path: 's' } },
      'Received an error while reading file s3://bucket/none.json from S3: NoSuchKey: not found',
    ],
    ['what only looks like an expression', { Get: 'x', Other: 1 }, { Get: 'x', Other: 1 }],
  ])('%s', async (_what, expression, expected) => {
    expect(await evaluated(expression)).toEqual(expected);
  });

  test('JsonGet of what is no JSON fails the step', async () => {
    const { last } = await rehearse(definition([processing('A'), processing('B', {}, { D: jsonGet('A', 'x') })]), {
      objects: { 's3://bucket/A/report.json': 'Traceback' },
    });
    expect(last.B?.FailureReason).toBe('Contents of file s3://bucket/A/report.json are not in valid JSON format.');
  });

  test('an experiment is named by expressions', async () => {
    const { calls } = await rehearse(
      definition([processing('A', {}, { D: { Get: 'PipelineExperimentConfig.TrialName' } })], {
        PipelineExperimentConfig: { ExperimentName: 'e', TrialName: { Get: 'Execution.PipelineExecutionId' } },
      }),
    );
    expect(calls[0]?.request.D).toBe(VARIABLES.PipelineExecutionId);
  });

  test('a float in a string is no float', async () => {
    expect(await evaluated(join('say "1.5" or \\', '2.0e3'))).toBe('say "1.5" or \\/2.0e3');
  });
});
