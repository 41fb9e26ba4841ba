// Whole executions over the wire: real clients, real jobs.
import { cpSync } from 'node:fs';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  DescribeModelPackageCommand,
  DescribePipelineDefinitionForExecutionCommand,
  DescribePipelineExecutionCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListPipelineExecutionsCommand,
  ListPipelineParametersForExecutionCommand,
  ListTagsCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  UpdatePipelineCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { RegionEvent } from '../../../src/rehearsal/region';
import { BUCKET, IMAGE, ROLE, definition, ended, images, processing, stepsOf, store } from './fixture';
import { s3Of, sagemakerOf, start, temporaryFolder } from './start';

const PipelineName = 'detector';
const WRITE = `
  const { writeFileSync } = require('node:fs');
  writeFileSync(process.env.DRONE_MLOPS_ROOT + '/processing/output/out/result.json', JSON.stringify({ score: 0.9 }));`;

async function world(scripts: Record<string, string>, stateDir = temporaryFolder()) {
  const events: RegionEvent[] = [];
  const region = await start({ stateDir, runtime: images(), onEvent: (event) => events.push(event) });
  const s3 = s3Of(region);
  await store(s3, Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`code/${name}.js`, text])));
  return { region, s3, sagemaker: sagemakerOf(region), events, stateDir };
}

async function run(sagemaker: SageMakerClient, PipelineDefinition: string, parameters: Record<string, string> = {}) {
  await sagemaker.send(new CreatePipelineCommand({ PipelineName, PipelineDefinition, RoleArn: ROLE }));
  return again(sagemaker, parameters);
}

async function again(sagemaker: SageMakerClient, parameters: Record<string, string> = {}) {
  const PipelineParameters = Object.entries(parameters).map(([Name, Value]) => ({ Name, Value }));
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({ PipelineName, PipelineParameters }),
  );
  return ended(sagemaker, PipelineExecutionArn);
}

const SCORE = {
  'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Result' }, Path: 'score' },
};
const evaluate = processing('Evaluate', 'write', {
  PropertyFiles: [{ PropertyFileName: 'Result', OutputName: 'out', FilePath: 'result.json' }],
});
const register = {
  Name: 'Register',
  Type: 'RegisterModel',
  Arguments: {
    ModelPackageGroupName: 'detectors',
    ModelApprovalStatus: 'PendingManualApproval',
    InferenceSpecification: {
      Containers: [{ Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/out/Evaluate/result.json` }],
      SupportedContentTypes: ['image/jpeg'],
      SupportedResponseMIMETypes: ['application/json'],
    },
    CustomerMetadataProperties: { commit: { Get: 'Parameters.Commit' } },
  },
};
const gate = (threshold: number) => ({
  Name: 'Gate',
  Type: 'Condition',
  Arguments: {
    Conditions: [{ Type: 'GreaterThanOrEqualTo', LeftValue: SCORE, RightValue: threshold }],
    IfSteps: [register],
    ElseSteps: [{ Name: 'Refuse', Type: 'Fail', Arguments: { ErrorMessage: 'The score is too low.' } }],
  },
});
const COMMIT = { Name: 'Commit', Type: 'String', DefaultValue: 'none' };

describe('an execution', () => {
  test('runs its jobs, passes its gate and registers a package', async () => {
    const { s3, sagemaker, events } = await world({ write: WRITE });
    await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'detectors' }));
    const execution = await run(sagemaker, definition([evaluate, gate(0.8)], [COMMIT]), { Commit: 'abc' });

    expect(execution).toMatchObject({ PipelineExecutionStatus: 'Succeeded', PipelineVersionId: 1 });
    expect(execution.steps.map(({ StepName, StepStatus }) => [StepName, StepStatus])).toEqual([
      ['Evaluate', 'Succeeded'],
      ['Gate', 'Succeeded'],
      ['Register', 'Succeeded'],
    ]);
    expect(execution.steps[1]?.Metadata?.Condition?.Outcome).toBe('True');
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'out/Evaluate/result.json' }));
    expect(await Body?.transformToString()).toBe('{"score":0.9}');

    const ModelPackageName = execution.steps[2]?.Metadata?.RegisterModel?.Arn;
    expect(await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }))).toMatchObject({
      ModelPackageVersion: 1,
      ModelApprovalStatus: 'PendingManualApproval',
      CustomerMetadataProperties: { commit: 'abc' },
    });
    const job = execution.steps[0]?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
    const described = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: job }));
    expect(described).toMatchObject({ ProcessingJobStatus: 'Completed', AppSpecification: { ImageUri: IMAGE } });
    expect(described.ProcessingEndTime?.getTime()).toBeGreaterThanOrEqual(
      described.ProcessingStartTime?.getTime() ?? NaN,
    );
    expect(job).toMatch(/^pipelines-[0-9a-z]{12}-Evaluate-[0-9a-z]{10}$/);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'job', name: job }));
  });

  test('whose gate refuses fails with the Fail step’s message, and registers nothing', async () => {
    const { sagemaker } = await world({ write: WRITE });
    const execution = await run(sagemaker, definition([evaluate, gate(0.95)], [COMMIT]));
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(execution.FailureReason).toBe("Step 'Refuse' failed with message: The score is too low.");
    expect(execution.steps.map(({ StepName }) => StepName)).toEqual(['Evaluate', 'Gate', 'Refuse']);
  });

  test('whose job fails says what the container said', async () => {
    const message =
      'require("node:fs").writeFileSync(process.env.DRONE_MLOPS_ROOT + "/output/message", "No images."); process.exit(3)';
    const { sagemaker } = await world({ message });
    const execution = await run(sagemaker, definition([processing('Split', 'message')]));
    expect(execution.PipelineExecutionStatus).toBe('Failed');
    expect(execution.steps[0]?.FailureReason).toBe('AlgorithmError: No images., exit code: 3');
    const ProcessingJobName = execution.steps[0]?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
    expect(await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }))).toMatchObject({
      ProcessingJobStatus: 'Failed',
      ExitMessage: 'No images.',
      FailureReason: 'AlgorithmError: No images., exit code: 3',
    });
  });

  test('whose step asks for what SageMaker’s model forbids fails as the call would', async () => {
    const { sagemaker } = await world({ write: WRITE });
    const step = processing('Split', 'write');
    step.Arguments.ProcessingResources.ClusterConfig.InstanceType = 'ml.bicycle';
    const execution = await run(sagemaker, definition([step]));
    expect(execution.steps[0]?.FailureReason).toMatch(
      /^ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: 1 validation error detected: Value 'ml.bicycle' at 'processingResources.clusterConfig.instanceType' failed to satisfy constraint: Member must satisfy enum value set: \[ml/,
    );
  });

  test('uses an earlier run of a step that is cached, and says whose', async () => {
    const { sagemaker } = await world({ write: WRITE });
    const cached = { ...evaluate, CacheConfig: { Enabled: true, ExpireAfter: 'P1D' } };
    const first = await run(sagemaker, definition([cached]));
    const second = await again(sagemaker);
    expect(second.steps[0]).toMatchObject({
      StepStatus: 'Succeeded',
      CacheHitResult: { SourcePipelineExecutionArn: first.PipelineExecutionArn },
      Metadata: first.steps[0]?.Metadata,
    });
  });

  test('is stopped, and its jobs with it', async () => {
    const { sagemaker } = await world({ wait: 'console.log("waiting"); setTimeout(() => {}, 60_000)' });
    await sagemaker.send(
      new CreatePipelineCommand({
        PipelineName,
        PipelineDefinition: definition([processing('Wait', 'wait')]),
        RoleArn: ROLE,
      }),
    );
    const { PipelineExecutionArn } = await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName }));
    while ((await stepsOf(sagemaker, PipelineExecutionArn))[0]?.Metadata === undefined);
    await sagemaker.send(new StopPipelineExecutionCommand({ PipelineExecutionArn }));
    const execution = await ended(sagemaker, PipelineExecutionArn);
    expect(execution.PipelineExecutionStatus).toBe('Stopped');
    expect(execution.steps[0]?.StepStatus).toBe('Stopped');
    const ProcessingJobName = execution.steps[0]?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
    expect(await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }))).toMatchObject({
      ProcessingJobStatus: 'Stopped',
    });
    await expect(sagemaker.send(new StopPipelineExecutionCommand({ PipelineExecutionArn }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('a training step', () => {
  const train = (weights: string) => ({
    Name: 'Train',
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
      HyperParameters: { weights },
      OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/models/` },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      RoleArn: ROLE,
      Tags: [{ Key: 'team', Value: 'survey' }],
    },
  });
  const artifacts = {
    Name: 'Say',
    Type: 'Fail',
    Arguments: {
      ErrorMessage: { 'Std:Join': { On: '', Values: [{ Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' }] } },
    },
  };

  test('leaves a model, to which later steps refer', async () => {
    const { s3, sagemaker } = await world({});
    const execution = await run(sagemaker, definition([train('learnt'), artifacts]));
    const arn = execution.steps[0]?.Metadata?.TrainingJob?.Arn;
    const TrainingJobName = arn?.split('/')[1] ?? '';
    const key = `models/${TrainingJobName}/output/model.tar.gz`;
    expect(execution.FailureReason).toBe(`Step 'Say' failed with message: s3://${BUCKET}/${key}`);
    const { ContentLength } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    expect(ContentLength).toBeGreaterThan(0);
    expect(await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }))).toMatchObject({
      TrainingJobStatus: 'Completed',
      SecondaryStatus: 'Completed',
      ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/${key}` },
      HyperParameters: { weights: 'learnt' },
    });
    const tags = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn }));
    expect(tags.Tags).toEqual([{ Key: 'team', Value: 'survey' }]);
  });

  test('that fails says what the container left for it', async () => {
    const { sagemaker } = await world({});
    const execution = await run(sagemaker, definition([train('none')]));
    const reason = 'AlgorithmError: There is nothing to learn., exit code: 1';
    expect(execution.FailureReason).toBe(`Step 'Train' failed with message: ${reason}`);
    const TrainingJobName = execution.steps[0]?.Metadata?.TrainingJob?.Arn?.split('/')[1];
    expect(await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }))).toMatchObject({
      TrainingJobStatus: 'Failed',
      SecondaryStatus: 'Failed',
      FailureReason: reason,
    });
  });
});

describe('StartPipelineExecution', () => {
  const COUNT = { Name: 'Count', Type: 'Integer', DefaultValue: 1 };
  const fail = (text: unknown) => ({ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: text } });

  test('keeps to the version that it pins, whatever was upserted since', async () => {
    const { sagemaker } = await world({});
    const text = definition([fail('first')]);
    await sagemaker.send(new CreatePipelineCommand({ PipelineName, PipelineDefinition: text, RoleArn: ROLE }));
    const update = new UpdatePipelineCommand({ PipelineName, PipelineDefinition: definition([fail('second')]) });
    expect(await sagemaker.send(update)).toMatchObject({ PipelineVersionId: 2 });
    const pinned = await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName, PipelineVersionId: 1 }));
    const latest = await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName }));
    expect((await ended(sagemaker, pinned.PipelineExecutionArn)).FailureReason).toMatch(/first$/);
    expect((await ended(sagemaker, latest.PipelineExecutionArn)).FailureReason).toMatch(/second$/);
    const { PipelineExecutionArn } = pinned;
    expect(
      await sagemaker.send(new DescribePipelineDefinitionForExecutionCommand({ PipelineExecutionArn })),
    ).toMatchObject({ PipelineDefinition: text });
    await expect(
      sagemaker.send(new StartPipelineExecutionCommand({ PipelineName, PipelineVersionId: 3 })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  test('types its parameters, and lists those that were given', async () => {
    const { sagemaker } = await world({});
    const message = { 'Std:Join': { On: ' ', Values: [{ Get: 'Parameters.Count' }, 'images'] } };
    const execution = await run(sagemaker, definition([fail(message)], [COUNT]), { Count: '7' });
    expect(execution.FailureReason).toMatch(/7 images$/);
    const { PipelineExecutionArn } = execution;
    expect(await sagemaker.send(new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn }))).toMatchObject(
      { PipelineParameters: [{ Name: 'Count', Value: '7' }] },
    );
    for (const PipelineParameters of [[{ Name: 'Count', Value: 'many' }], [{ Name: 'Cuont', Value: '7' }]]) {
      await expect(
        sagemaker.send(new StartPipelineExecutionCommand({ PipelineName, PipelineParameters })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });

  test('with the same token starts nothing new', async () => {
    const { sagemaker } = await world({});
    await run(sagemaker, definition([fail('once')]));
    const ClientRequestToken = 'a'.repeat(32);
    const command = () => new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken });
    const [first, second] = [await sagemaker.send(command()), await sagemaker.send(command())];
    expect(second.PipelineExecutionArn).toBe(first.PipelineExecutionArn);
    const list = await sagemaker.send(new ListPipelineExecutionsCommand({ PipelineName }));
    expect(list.PipelineExecutionSummaries).toHaveLength(2);
    expect(list.PipelineExecutionSummaries?.[0]?.PipelineExecutionArn).toBe(first.PipelineExecutionArn);
  });
});

test('an execution of a region that was killed is Failed in the next, and a new one can start', async () => {
  // GIVEN what a killed process leaves: the state as it was in the middle of an execution
  const { region, sagemaker, stateDir } = await world({ write: WRITE, wait: 'setTimeout(() => {}, 60_000)' });
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName,
      PipelineDefinition: definition([processing('Wait', 'wait')]),
      RoleArn: ROLE,
    }),
  );
  const { PipelineExecutionArn } = await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName }));
  while ((await stepsOf(sagemaker, PipelineExecutionArn))[0]?.Metadata === undefined);
  const copy = temporaryFolder();
  cpSync(stateDir, copy, { recursive: true });
  await region.close();
  // WHEN a region starts on it
  const next = sagemakerOf(await start({ stateDir: copy, runtime: images() }));
  // THEN
  const interrupted = await next.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
  expect(interrupted.PipelineExecutionStatus).toBe('Failed');
  expect(interrupted.FailureReason).toMatch(/region was stopped/);
  const [step] = await stepsOf(next, PipelineExecutionArn);
  expect(step).toMatchObject({ StepStatus: 'Failed' });
  const ProcessingJobName = step?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
  expect(await next.send(new DescribeProcessingJobCommand({ ProcessingJobName }))).toMatchObject({
    ProcessingJobStatus: 'Failed',
  });
  await next.send(
    new UpdatePipelineCommand({ PipelineName, PipelineDefinition: definition([processing('Write', 'write')]) }),
  );
  expect((await again(next)).PipelineExecutionStatus).toBe('Succeeded');
});
