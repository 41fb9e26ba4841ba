// `launch`, by both ways, followed to the end of a project's first execution.
import { ListPipelineExecutionsCommand, ListProjectsCommand } from '@aws-sdk/client-sagemaker';
import type { Region } from '../../src/rehearsal/region';
import { parametersFor } from '../rehearsal/region/platform/project';
import { sagemakerOf } from '../rehearsal/region/start';
import { line } from './line';
import { drone, refused } from './operator';
import { publishedPlatform } from './published';

jest.setTimeout(120_000);

/** A build that starts a training which is over at once. */
const TRAINS = `
const { SageMakerClient, CreatePipelineCommand, StartPipelineExecutionCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-sagemaker'))});
const { SAGEMAKER_PIPELINE_NAME: PipelineName, SAGEMAKER_PIPELINE_ROLE_ARN: RoleArn } = process.env;
const Steps = [{ Name: 'Gate', Type: 'Condition', Arguments: { Conditions: [{ Type: 'Equals', LeftValue: 1, RightValue: 1 }], IfSteps: [], ElseSteps: [] } }];
const PipelineDefinition = JSON.stringify({ Version: '2020-12-01', Metadata: {}, Parameters: [], PipelineExperimentConfig: null, Steps });
const client = new SageMakerClient();
client.send(new CreatePipelineCommand({ PipelineName, RoleArn, PipelineDefinition, ClientRequestToken: 'x'.repeat(32) }))
  .then(() => client.send(new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: 'y'.repeat(32) })))
  .catch((error) => { console.error(error.message); process.exit(1); });
`;
const seed = (...commands: readonly string[]) => ({
  'buildspec.yml': `
version: 0.2
phases: { build: { commands: ${JSON.stringify(commands)} } }
`,
  'train.cjs': TRAINS,
});

async function projects(region: Region): Promise<(string | undefined)[]> {
  const { ProjectSummaryList = [] } = await sagemakerOf(region).send(new ListProjectsCommand({}));
  return ProjectSummaryList.map(({ ProjectId }) => ProjectId);
}

describe('a project with a repository of its own kind', () => {
  const published = publishedPlatform({}, seed('node train.cjs'));

  test.each(['service-catalog', 's3'])(
    'by way of %s is followed through its first build and execution',
    async (via) => {
      // GIVEN
      const { region, operate } = await published();
      const options = { repositoryProvider: 'CodeConnections', roles: 'create' };
      const parameters = Object.entries(await parametersFor(region, options));
      const set = parameters.flatMap(([name, value]) => ['--set', `${name}=${value}`]);
      // WHEN
      const planned = await operate('launch', 'Survey-North', '--via', via, ...set, '--plan');
      // THEN
      expect(planned.printed).toContain(`Survey-North could be launched from 1.0.0, by ${via}. Nothing was launched.`);
      expect(await projects(region)).toEqual([]);

      // WHEN
      const { code, printed, said } = await operate('launch', 'Survey-North', '--via', via, ...set, '--json');
      // THEN
      const { project, firstRun, next } = JSON.parse(printed) as {
        readonly project: { readonly id: string; readonly cloneUrl: string };
        readonly firstRun: { readonly execution: string; readonly steps: unknown };
        readonly next: string;
      };
      expect([code, said]).toEqual([0, '']);
      expect(await projects(region)).toEqual([project.id]);
      expect(next).toBe(`git clone ${project.cloneUrl}`);
      expect(firstRun.steps).toEqual([{ name: 'Gate', status: 'Succeeded' }]);
      const { PipelineExecutionSummaries = [] } = await sagemakerOf(region).send(
        new ListPipelineExecutionsCommand({ PipelineName: `Survey-North-${project.id}` }),
      );
      expect(PipelineExecutionSummaries).toMatchObject([{ PipelineExecutionArn: firstRun.execution }]);
    },
  );
});

describe('a launch', () => {
  const published = publishedPlatform({ repositoryProvider: 'CodeCommit' }, seed('node train.cjs'));

  test('that was killed goes on where it is, whatever had been reached', async () => {
    // GIVEN
    let onAnswer: (operation: string) => void = () => undefined;
    const { region, dir, environment, operate } = await published((event) => {
      if (event.kind === 'request') onAnswer(event.operation);
    });
    // WHEN
    for (const reached of ['sagemaker:CreateProject', 'codepipeline:GetPipelineExecution']) {
      const one = await line({ ...region, environment });
      onAnswer = (operation) => {
        if (operation === reached) one.cut();
      };
      expect((await drone(one, dir, 'launch', 'Survey-North', '--poll-seconds', '0.1')).code).toBe(1);
    }
    const { code, printed, said } = await operate('launch', 'Survey-North');
    // THEN
    expect(code).toBe(0);
    expect(said).toContain('Survey-North was launched already: following it.');
    expect(printed).toMatch(/^Its first build, .*, started .*, which succeeded\.$/m);
    expect(await projects(region)).toHaveLength(1);
  });

  test('of a name that somebody else has is refused, unless it is to be followed', async () => {
    const { region, dir, operate } = await published();
    expect((await operate('launch', 'Survey-North', '--no-follow')).code).toBe(0);
    const other = () => drone(region, dir, 'launch', 'Survey-North', '--via', 's3', '--poll-seconds', '0.1');
    refused(
      await other(),
      1,
      /^The name Survey-North is taken: arn:aws:.* has launched the project p-\w+\. Choose another, or follow that one with --resume\.$/,
    );
    expect((await operate('launch', 'Survey-North', '--resume')).code).toBe(0);
  });
});

describe('a first build that fails', () => {
  const published = publishedPlatform(
    { repositoryProvider: 'CodeCommit' },
    seed('echo "the boxes are missing"', 'exit 3'),
  );

  test('is told with the command that failed, and where its log is', async () => {
    const { operate } = await published();
    const { code, said } = await operate('launch', 'Survey-North');
    expect(code).toBe(1);
    expect(said).toMatch(
      /The first build of sagemaker-Survey-North-p-\w+-modelbuild ended as Failed in Build: .* The build failed in BUILD: .*exit 3.* Its log: `aws logs tail \/aws\/codebuild\/sagemaker-Survey-North-\S+-modelbuild --log-stream-names \S+`\. A push to the repository builds again\.$/,
    );
  });
});
