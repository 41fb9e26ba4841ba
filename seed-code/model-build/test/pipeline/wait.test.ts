import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { wait, type StepChange } from '../../src/pipeline';
import { clientOptions, startAwsStub } from '../aws-stub';

const ARN = 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/abcdefghijkl';

/** What the service says at one look. */
interface Look {
  readonly status: string;
  readonly reason?: string;
  readonly steps: readonly object[];
}

async function follow(looks: readonly Look[]) {
  let look = -1;
  const stub = await startAwsStub({
    DescribePipelineExecution: () => {
      look += 1;
      return { PipelineExecutionStatus: looks[look].status, FailureReason: looks[look].reason };
    },
    // Two pages, to see that both are read.
    ListPipelineExecutionSteps: ({ NextToken }) => {
      const { steps } = looks[look];
      return NextToken === undefined
        ? { PipelineExecutionSteps: steps.slice(0, 1), NextToken: 'more' }
        : { PipelineExecutionSteps: steps.slice(1) };
    },
  });
  const told: StepChange[] = [];
  try {
    const ended = await wait(new SageMakerClient(clientOptions(stub)), {
      executionArn: ARN,
      pollSeconds: 0,
      onChange: (change) => told.push(change),
    });
    return { ended, told };
  } finally {
    await stub.close();
  }
}

const SPLIT = { StepName: 'Split', StepStatus: 'Succeeded', StartTime: 1000, EndTime: 1012.5 };

test('each change of a step is told once, with its time', async () => {
  const { ended, told } = await follow([
    { status: 'Executing', steps: [{ StepName: 'Split', StepStatus: 'Executing', StartTime: 1000 }] },
    { status: 'Executing', steps: [{ StepName: 'Split', StepStatus: 'Executing', StartTime: 1000 }] },
    {
      status: 'Succeeded',
      steps: [
        SPLIT,
        { StepName: 'Train', StepStatus: 'Succeeded', CacheHitResult: { SourcePipelineExecutionArn: ARN } },
      ],
    },
  ]);

  expect(told).toEqual([
    { step: 'Split', status: 'Executing', cached: false },
    { step: 'Split', status: 'Succeeded', seconds: 12.5, cached: false },
    { step: 'Train', status: 'Succeeded', cached: true },
  ]);
  expect(ended.outcome).toBe('succeeded');
});

test('a gate that was not passed is told apart from a failure', async () => {
  const gate = (outcome: string) => ({
    StepName: 'Gate',
    StepStatus: 'Succeeded',
    Metadata: { Condition: { Outcome: outcome } },
  });
  const failed = { StepName: 'Fail', StepStatus: 'Failed', FailureReason: 'not passed' };

  const refused = await follow([{ status: 'Failed', reason: 'not passed', steps: [SPLIT, gate('False'), failed] }]);
  const broken = await follow([{ status: 'Failed', reason: 'Step failure', steps: [SPLIT, gate('True')] }]);
  const stopped = await follow([{ status: 'Stopped', steps: [SPLIT] }]);

  expect(refused.ended).toMatchObject({ outcome: 'gate-failed', reason: 'not passed' });
  expect(broken.ended).toMatchObject({ outcome: 'failed', reason: 'Step failure' });
  expect(stopped.ended).toMatchObject({ outcome: 'stopped' });
});
