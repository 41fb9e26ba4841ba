// Does for a stack what CloudFormation cannot: moves the seed into a connected repository, and clears away what builds made.
const { CodeBuildClient, StartBuildCommand, BatchGetBuildsCommand } = require('@aws-sdk/client-codebuild');
const { CodeStarConnectionsClient, GetConnectionCommand } = require('@aws-sdk/client-codestar-connections');
const lambda = require('@aws-sdk/client-lambda');
const sagemaker = require('@aws-sdk/client-sagemaker');
const sqs = require('@aws-sdk/client-sqs');

const { CONNECTION_ARN, SEED_PROJECT, PIPELINE_PREFIX, STEP_PREFIX } = process.env;
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function seed() {
  const { Connection } = await new CodeStarConnectionsClient({}).send(
    new GetConnectionCommand({ ConnectionArn: CONNECTION_ARN }),
  );
  if (Connection.ConnectionStatus !== 'AVAILABLE') {
    throw new Error(
      `The connection ${Connection.ConnectionName} is ${Connection.ConnectionStatus}: finish it in the console (Developer Tools > Connections), then launch again.`,
    );
  }
  const codebuild = new CodeBuildClient({});
  let { build } = await codebuild.send(new StartBuildCommand({ projectName: SEED_PROJECT }));
  while (build.buildStatus === 'IN_PROGRESS') {
    await pause(5);
    ({
      builds: [build],
    } = await codebuild.send(new BatchGetBuildsCommand({ ids: [build.id] })));
  }
  if (build.buildStatus === 'SUCCEEDED') return;
  const said = (build.exportedEnvironmentVariables || []).find(({ name }) => name === 'SEED_ERROR');
  throw new Error(said?.value || `Build ${build.id} ended as ${build.buildStatus}: its log says why.`);
}

async function clearPipelines() {
  const client = new sagemaker.SageMakerClient({});
  const ours = { PipelineNamePrefix: PIPELINE_PREFIX };
  for (;;) {
    const { PipelineSummaries } = await client.send(new sagemaker.ListPipelinesCommand(ours));
    if (PipelineSummaries.length === 0) return;
    for (const { PipelineName } of PipelineSummaries) {
      const { PipelineExecutionSummaries } = await client.send(
        new sagemaker.ListPipelineExecutionsCommand({ PipelineName }),
      );
      const running = PipelineExecutionSummaries.filter(({ PipelineExecutionStatus: status }) =>
        ['Executing', 'Stopping'].includes(status),
      );
      for (const { PipelineExecutionArn, PipelineExecutionStatus } of running) {
        if (PipelineExecutionStatus === 'Executing') {
          await client.send(new sagemaker.StopPipelineExecutionCommand({ PipelineExecutionArn }));
        }
      }
      if (running.length === 0) await client.send(new sagemaker.DeletePipelineCommand({ PipelineName }));
    }
    await pause(5);
  }
}

async function clearSteps() {
  const functions = new lambda.LambdaClient({});
  let Marker;
  do {
    const page = await functions.send(new lambda.ListFunctionsCommand({ Marker }));
    for (const { FunctionName } of page.Functions) {
      if (!FunctionName.startsWith(STEP_PREFIX)) continue;
      await functions.send(new lambda.DeleteFunctionCommand({ FunctionName }));
    }
    Marker = page.NextMarker;
  } while (Marker);
  const queues = new sqs.SQSClient({});
  const { QueueUrls } = await queues.send(new sqs.ListQueuesCommand({ QueueNamePrefix: STEP_PREFIX }));
  for (const QueueUrl of QueueUrls || []) await queues.send(new sqs.DeleteQueueCommand({ QueueUrl }));
}

async function answer(event, result) {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'project', ...result };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
}

exports.handler = async (event) => {
  try {
    if (event.RequestType === 'Create' && SEED_PROJECT) await seed();
    if (event.RequestType === 'Delete') {
      await clearPipelines();
      await clearSteps();
    }
    await answer(event, { Status: 'SUCCESS' });
  } catch (error) {
    await answer(event, { Status: 'FAILED', Reason: error.message });
  }
};
