// Lambda and callback steps over the wire: real clients make the function and the queue, a real worker answers.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  CreatePipelineCommand,
  SendPipelineExecutionStepFailureCommand,
  SendPipelineExecutionStepSuccessCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { ensureFunctions, ensureQueues, type Environment } from '../../../seed-code/model-build/src/pipeline';
import { functionArn, queueUrl } from '../../../seed-code/model-build/src/pipeline/step-resources';
import { takeMessages } from '../../../seed-code/model-build/src/work';
import { definition, ended, ROLE } from './fixture';
import { lambdaOf, sagemakerOf, sqsOf, start, temporaryFolder } from './start';

const ENVIRONMENT: Environment = {
  region: 'eu-west-1',
  bucket: 'bucket',
  projectName: 'drones',
  projectId: 'p-abcdefghijkl',
  pipelineName: 'drones',
  roleArn: ROLE,
  modelPackageGroup: 'drones',
  nodeImage: 'node',
  trainingImage: 'training',
  functionRoleArn: ROLE,
};
const HASH = 'ab'.repeat(32);
const tags = { 'sagemaker:project-id': ENVIRONMENT.projectId };

/** A bundle of a Lambda step on disk. */
function bundle(code: string, natives: object = {}) {
  const directory = temporaryFolder();
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'double.js'), code);
  writeFileSync(join(directory, 'bundle.json'), JSON.stringify({ step: 'double', hash: HASH, natives }));
  return { step: 'double', hash: HASH, directory, files: ['bundle.json', 'double.js'] };
}

async function world(code: string) {
  const region = await start();
  await region.createLogGroup(`/aws/lambda/sagemaker-${ENVIRONMENT.projectId}-steps`);
  const [sagemaker, lambda, sqs] = [sagemakerOf(region), lambdaOf(region), sqsOf(region)];
  await ensureFunctions({ lambda, environment: ENVIRONMENT, tags, bundles: [bundle(code)] });
  await ensureQueues({ sqs, environment: ENVIRONMENT, tags, steps: ['review'] });
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: `sagemaker-${ENVIRONMENT.projectId}-step-review` }),
  );
  const begin = async (Steps: readonly object[]) => {
    await sagemaker.send(
      new CreatePipelineCommand({ PipelineName: 'drones', PipelineDefinition: definition(Steps), RoleArn: ROLE }),
    );
    return (await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName: 'drones' }))).PipelineExecutionArn;
  };
  return { region, sagemaker, lambda, sqs, QueueUrl: QueueUrl ?? '', begin };
}

const DOUBLE = {
  Name: 'Double',
  Type: 'Lambda',
  FunctionArn: functionArn(ENVIRONMENT, 'double', HASH),
  Arguments: { number: 21 },
  OutputParameters: [{ OutputName: 'doubled', OutputType: 'Integer' }],
};
const REVIEW = {
  Name: 'Review',
  Type: 'Callback',
  SqsQueueUrl: queueUrl(ENVIRONMENT, 'review'),
  Arguments: { number: { Get: "Steps.Double.OutputParameters['doubled']" } },
  OutputParameters: [{ OutputName: 'verdict', OutputType: 'String' }],
};
const SAY = {
  Name: 'Say',
  Type: 'Fail',
  Arguments: { ErrorMessage: { Get: "Steps.Review.OutputParameters['verdict']" } },
};
const HANDLER = 'exports.handler = async ({ number }) => ({ doubled: number * 2, more: true });';

test('a Lambda step’s outputs reach a callback step, whose worker’s answer reaches the next', async () => {
  const { sagemaker, sqs, QueueUrl, begin } = await world(HANDLER);
  const asked: unknown[] = [];
  const events: string[] = [];
  const stop = new AbortController();
  const worker = takeMessages({
    sqs,
    sagemaker,
    queueUrl: QueueUrl,
    handler: (event) => {
      asked.push(event);
      return Promise.resolve({ output: '', verdict: 'forty-two' });
    },
    log: (event) => events.push(event),
    signal: stop.signal,
  });

  const execution = await ended(sagemaker, await begin([DOUBLE, REVIEW, SAY]));

  expect(asked).toEqual([{ number: 42 }]);
  expect(execution.FailureReason).toBe("Step 'Say' failed with message: forty-two");
  expect(execution.steps[0]?.Metadata?.Lambda).toEqual({
    Arn: DOUBLE.FunctionArn,
    OutputParameters: [{ Name: 'doubled', Value: '42' }],
  });
  expect(execution.steps[1]?.Metadata?.Callback).toMatchObject({
    CallbackToken: expect.stringMatching(/^[a-z0-9]{10}$/) as string,
    OutputParameters: [{ Name: 'verdict', Value: 'forty-two' }],
  });
  // AND the message is gone, and the worker ends when it is told to
  stop.abort();
  await worker;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    MessageRetentionPeriod: '1209600',
  });
  expect(events).toEqual(['work-started', 'work-finished']);
});

test.each([
  ['throws', 'exports.handler = async () => { throw new RangeError("no numbers"); };', /RangeError: no numbers$/],
  [
    'answers without an output',
    'exports.handler = async () => ({});',
    /doubled is of type Integer, and the answer has nothing/,
  ],
  [
    'answers with another type',
    'exports.handler = async () => ({ doubled: "x" });',
    /of type Integer, and the answer has "x"/,
  ],
])('a function that %s fails its step with one sentence', async (_, code, reason) => {
  const { sagemaker, begin } = await world(code);
  const { PipelineExecutionStatus, FailureReason } = await ended(sagemaker, await begin([DOUBLE]));
  expect(PipelineExecutionStatus).toBe('Failed');
  expect(FailureReason).toMatch(reason);
});

test('work that throws fails the step with its message, and is not done again', async () => {
  const { sagemaker, sqs, QueueUrl, begin } = await world(HANDLER);
  const stop = new AbortController();
  const options = { sqs, sagemaker, queueUrl: QueueUrl, log: () => undefined, signal: stop.signal };
  const worker = takeMessages({ ...options, handler: () => Promise.reject(new Error('nobody was there')) });
  const { FailureReason } = await ended(sagemaker, await begin([DOUBLE, REVIEW]));
  stop.abort();
  await worker;
  expect(FailureReason).toBe("Step 'Review' failed with message: nobody was there");
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
});

test('an execution that is stopped tells the queue, and is Stopped when that was answered', async () => {
  const { sagemaker, sqs, QueueUrl, begin } = await world(HANDLER);
  const PipelineExecutionArn = await begin([DOUBLE, REVIEW]);
  const receive = async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    return JSON.parse(Messages?.[0]?.Body ?? '{}') as { token: string; status: string };
  };
  const first = await receive();
  await sagemaker.send(new StopPipelineExecutionCommand({ PipelineExecutionArn }));
  const second = await receive();
  expect([first.status, second.status, second.token]).toEqual(['Executing', 'Stopping', first.token]);
  await sagemaker.send(new SendPipelineExecutionStepFailureCommand({ CallbackToken: first.token }));
  expect((await ended(sagemaker, PipelineExecutionArn)).PipelineExecutionStatus).toBe('Stopped');
  await expect(
    sagemaker.send(new SendPipelineExecutionStepSuccessCommand({ CallbackToken: first.token })),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});

describe('what an upsert makes for steps', () => {
  test('a function is made once, and brought to the settings that it should have', async () => {
    const { lambda } = await world(HANDLER);
    const bundles = [bundle(HANDLER)];
    const [FunctionName] = [DOUBLE.FunctionArn.split(':').at(-1)];
    expect(FunctionName).toBe('sagemaker-p-abcdefghijkl-step-double-abababab');
    expect(await ensureFunctions({ lambda, environment: ENVIRONMENT, tags, bundles })).toEqual([]);
    const functionRoleArn = `${ROLE}-other`;
    expect(await ensureFunctions({ lambda, environment: { ...ENVIRONMENT, functionRoleArn }, tags, bundles })).toEqual(
      [],
    );
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
      Role: functionRoleArn,
      Handler: 'double.handler',
      Timeout: 600,
    });
  });

  test('code that needs a runtime image is no function', async () => {
    const { lambda } = await world(HANDLER);
    const bundles = [{ ...bundle(HANDLER, { sharp: '1.0.0' }), hash: 'cd'.repeat(32) }];
    await expect(ensureFunctions({ lambda, environment: ENVIRONMENT, tags, bundles })).rejects.toThrow(
      /^The step double imports sharp, which only the runtime images have: make it a processing step/,
    );
  });

  test('without a role for functions the upsert says where it comes from', async () => {
    const { lambda } = await world(HANDLER);
    const environment = { ...ENVIRONMENT, functionRoleArn: undefined };
    await expect(ensureFunctions({ lambda, environment, tags, bundles: [bundle(HANDLER)] })).rejects.toThrow(
      /^Set STEP_FUNCTION_ROLE_ARN in the environment: the step double is a function/,
    );
  });
});

describe('a queue', () => {
  test('hides a message that was taken until its time has passed, and knows each reader’s handle', async () => {
    const { sqs, QueueUrl } = await world(HANDLER);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    const take = (VisibilityTimeout: number) => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout }));
    const first = (await take(0)).Messages?.[0];
    const second = (await take(60)).Messages?.[0];
    expect([first?.Body, second?.Body]).toEqual(['one', 'one']);
    expect((await take(60)).Messages).toBeUndefined();
    const remove = (ReceiptHandle?: string) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    await expect(remove(first?.ReceiptHandle)).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
    await remove(second?.ReceiptHandle);
    expect((await take(0)).Messages).toBeUndefined();
  });

  test('of a name that is there with other attributes is refused; one that is gone does not exist', async () => {
    const { sqs, QueueUrl } = await world(HANDLER);
    const QueueName = QueueUrl.split('/').at(-1);
    const make = (VisibilityTimeout: string) =>
      sqs.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout } }));
    await make('30');
    await expect(make('31')).rejects.toMatchObject({ name: 'QueueNameExists' });
    expect((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'sagemaker-p-' }))).QueueUrls).toEqual([QueueUrl]);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

test('the names of steps’ resources are those that the template’s roles are allowed', () => {
  const allows = readFileSync(join(__dirname, '..', '..', '..', 'src', 'platform', 'allows.ts'), 'utf8');
  expect(allows).toContain('const STEPS = `sagemaker-${ID}-step-*`;');
  expect(DOUBLE.FunctionArn).toContain(`sagemaker-${ENVIRONMENT.projectId}-step-`);
});
