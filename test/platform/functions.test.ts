import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root';

/** CloudFormation's older limit on inline code, in characters; the newer one is larger. */
const INLINE_LIMIT = 4096;

interface Sent {
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A function as Lambda would load it, over clients whose answers a test gives. */
function load(name: string, env: Record<string, string>, answer: (sent: Sent) => unknown) {
  const source = readFileSync(join(PACKAGE_ROOT, 'templates', 'functions', `${name}.cjs`), 'utf8');
  const sent: Sent[] = [];
  const replies: unknown[] = [];
  class Client {
    send(command: Sent): Promise<unknown> {
      sent.push(command);
      return Promise.resolve(answer(command));
    }
  }
  const clients = new Proxy(
    {},
    {
      get: (_, key: string) =>
        key.endsWith('Client')
          ? Client
          : class {
              readonly command = key;
              constructor(readonly input: unknown) {}
            },
    },
  );
  const exports: { handler?: (event: unknown) => Promise<void> } = {};
  const fetch = (_url: string, { body }: { body: string }) => Promise.resolve(replies.push(JSON.parse(body)));
  const immediately = (call: () => void) => {
    call();
  };
  const scope = { exports, require: () => clients, process: { env }, fetch, setTimeout: immediately };
  new Script(source).runInContext(createContext(scope));
  const { handler } = exports;
  if (!handler) throw new Error(`${name} exports no handler`);
  return { source, sent, replies, handler };
}

const EXECUTION = 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/survey-p-1/execution/abc123';
const ENV = { BUCKET: 'bucket', TOPIC_ARN: 'topic', PROJECT: 'Survey' };
const FAILED_STEP = {
  source: 'aws.sagemaker',
  time: 't',
  detail: {
    pipelineExecutionArn: EXECUTION,
    stepName: 'Train',
    currentStepStatus: 'Failed',
    failureReason: 'ResourceLimitExceeded: the quota of ml.g5.xlarge is 0',
  },
};

test.each(['hook', 'notify'])('%s fits inline, so that the template needs no assets', (name) => {
  expect(load(name, {}, () => ({})).source.length).toBeLessThanOrEqual(INLINE_LIMIT);
});

describe('the notifications', () => {
  test('tell which step failed, why, and the line to run next', async () => {
    const { handler, sent } = load('notify', ENV, () => ({}));

    await handler(FAILED_STEP);

    expect(sent.map(({ command }) => command)).toEqual(['PutObjectCommand', 'PublishCommand']);
    expect(sent[0]?.input).toMatchObject({ Key: 'status/executions/abc123/Train/Failed.json', IfNoneMatch: '*' });
    const { Subject, Message } = sent[1]?.input as { Subject: string; Message: string };
    expect(Subject).toBe('Survey: Train failed');
    expect(Message).toContain('ResourceLimitExceeded: the quota of ml.g5.xlarge is 0');
    expect(Message).toContain(`npm run pipeline -- wait ${EXECUTION}`);
  });

  test('send one mail for an event that is delivered twice', async () => {
    const known = new Set<unknown>();
    const { handler, sent } = load('notify', ENV, ({ command, input }) => {
      if (command === 'PutObjectCommand' && known.has(input.Key)) {
        throw Object.assign(new Error('exists'), { name: 'PreconditionFailed' });
      }
      known.add(input.Key);
      return {};
    });

    await handler(FAILED_STEP);
    await handler(FAILED_STEP);

    expect(sent.filter(({ command }) => command === 'PublishCommand')).toHaveLength(1);
  });

  test('keep a record of what runs, and leave people alone', async () => {
    const { handler, sent } = load('notify', ENV, () => ({}));
    const detail = { pipelineExecutionArn: EXECUTION, currentPipelineExecutionStatus: 'Executing' };

    await handler({ source: 'aws.sagemaker', time: 't', detail });

    expect(sent.map(({ command }) => command)).toEqual(['PutObjectCommand']);
  });

  test('point at the build that failed', async () => {
    const { handler, sent } = load('notify', ENV, () => ({}));
    const detail = { pipeline: 'sagemaker-Survey-p-1-modelbuild', 'execution-id': 'e1', state: 'FAILED' };

    await handler({ source: 'aws.codepipeline', time: 't', detail });

    expect((sent[1]?.input as { Message: string }).Message).toContain('pipelineExecutionId=e1');
  });
});

describe("the stack's hook", () => {
  const CREATE = {
    RequestType: 'Create',
    ResponseURL: 'https://x',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'l',
  };
  const SEEDING = { SEED_PROJECT: 'seed', CONNECTION_ARN: 'c', PIPELINE_PREFIX: 'survey-p-1' };

  test('fails the launch with one clear sentence while the connection is pending', async () => {
    const { handler, replies } = load('hook', SEEDING, () => ({
      Connection: { ConnectionName: 'github', ConnectionStatus: 'PENDING' },
    }));

    await handler(CREATE);

    expect(replies).toEqual([expect.objectContaining({ Status: 'FAILED' })]);
    expect((replies[0] as { Reason: string }).Reason).toMatch(/^The connection github is PENDING: finish it/);
  });

  test('repeats what the seed build said when the repository is not empty', async () => {
    const builds = ['IN_PROGRESS', 'FAILED'].map((buildStatus) => ({
      id: 'b',
      buildStatus,
      exportedEnvironmentVariables: [
        { name: 'SEED_ERROR', value: 'The repository o/r is not empty: name an empty one.' },
      ],
    }));
    const { handler, replies } = load('hook', SEEDING, ({ command }) => {
      if (command === 'GetConnectionCommand') return { Connection: { ConnectionStatus: 'AVAILABLE' } };
      return command === 'StartBuildCommand' ? { build: builds[0] } : { builds: [builds[1]] };
    });

    await handler(CREATE);

    expect((replies[0] as { Reason: string }).Reason).toBe('The repository o/r is not empty: name an empty one.');
  });

  test('stops what runs, and deletes every pipeline that builds made', async () => {
    let pipelines = ['survey-p-1', 'survey-p-1-tiles'];
    let running = true;
    const { handler, replies, sent } = load('hook', SEEDING, ({ command, input }) => {
      if (command === 'ListPipelinesCommand') {
        return { PipelineSummaries: pipelines.map((PipelineName) => ({ PipelineName })) };
      }
      if (command === 'ListPipelineExecutionsCommand') {
        const status = running && input.PipelineName === 'survey-p-1' ? 'Executing' : 'Stopped';
        return {
          PipelineExecutionSummaries: [{ PipelineExecutionArn: EXECUTION, PipelineExecutionStatus: status }],
        };
      }
      if (command === 'ListFunctionsCommand') return { Functions: [] };
      if (command === 'StopPipelineExecutionCommand') running = false;
      if (command === 'DeletePipelineCommand') pipelines = pipelines.filter((name) => name !== input.PipelineName);
      return {};
    });

    await handler({ ...CREATE, RequestType: 'Delete' });

    expect(pipelines).toEqual([]);
    expect(sent.filter(({ command }) => command === 'StopPipelineExecutionCommand')).toHaveLength(1);
    expect(replies).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
  });

  test('deletes the functions and queues of steps, page by page, and none of anybody else’s', async () => {
    const STEP_PREFIX = 'sagemaker-p-1-step-';
    const { handler, sent } = load('hook', { ...SEEDING, STEP_PREFIX }, ({ command, input }) => {
      if (command === 'ListPipelinesCommand') return { PipelineSummaries: [] };
      if (command === 'ListQueuesCommand') return { QueueUrls: ['https://sqs/1/sagemaker-p-1-step-b'] };
      if (command !== 'ListFunctionsCommand') return {};
      return input.Marker === undefined
        ? { Functions: [{ FunctionName: 'other' }], NextMarker: 'two' }
        : { Functions: [{ FunctionName: 'sagemaker-p-1-step-a-1234' }, { FunctionName: 'sagemaker-p-1-hook' }] };
    });

    await handler({ ...CREATE, RequestType: 'Delete' });

    expect(sent.filter(({ command }) => command.startsWith('Delete')).map(({ input }) => input)).toEqual([
      { FunctionName: 'sagemaker-p-1-step-a-1234' },
      { QueueUrl: 'https://sqs/1/sagemaker-p-1-step-b' },
    ]);
    expect(sent).toContainEqual({ command: 'ListQueuesCommand', input: { QueueNamePrefix: STEP_PREFIX } });
  });

  test('does nothing on an update: a seed is pushed once', async () => {
    const { handler, replies, sent } = load('hook', SEEDING, () => ({}));

    await handler({ ...CREATE, RequestType: 'Update' });

    expect(sent).toEqual([]);
    expect(replies).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
  });
});
