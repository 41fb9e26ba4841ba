// Keeps a small record of what the build and the training did, and says by mail what failed, why, and what to run next.
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');

const { BUCKET, TOPIC_ARN, PROJECT } = process.env;
const s3 = new S3Client({});
const sns = new SNSClient({});

const last = (text) => text.slice(text.lastIndexOf('/') + 1);

/** What an event says: where its record stands, and the mail that it deserves, if any. */
function read({ time, source, detail }) {
  if (source === 'aws.codepipeline') {
    const { pipeline, state } = detail;
    const execution = detail['execution-id'];
    return {
      key: `builds/${execution}/${state}`,
      record: { time, pipeline, execution, state },
      mail: state === 'FAILED' && {
        subject: 'build failed',
        text: `Build ${execution} of ${pipeline} failed.`,
        next: `aws codepipeline list-action-executions --pipeline-name ${pipeline} --filter pipelineExecutionId=${execution}`,
      },
    };
  }
  const arn = detail.pipelineExecutionArn;
  const execution = last(arn);
  const step = detail.stepName;
  const state = step ? detail.currentStepStatus : detail.currentPipelineExecutionStatus;
  const reason = detail.failureReason || 'SageMaker gave no reason';
  return {
    key: `executions/${execution}/${step ? `${step}/` : ''}${state}`,
    record: { time, execution: arn, state, ...(step && { step, reason }) },
    mail: step
      ? { subject: `${step} failed`, text: `Step ${step} failed: ${reason}`, next: `npm run pipeline -- wait ${arn}` }
      : state === 'Succeeded' && {
          subject: 'training succeeded',
          text: `Execution ${execution} succeeded. What it registered waits for approval.`,
          next: `npm run pipeline -- wait ${arn}`,
        },
  };
}

/** EventBridge delivers at least once: the record is written once, and only who writes it sends the mail. */
async function first(key, record) {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: `status/${key}.json`,
        Body: JSON.stringify(record),
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
    return true;
  } catch (error) {
    if (error.name === 'PreconditionFailed') return false;
    throw error;
  }
}

exports.handler = async (event) => {
  const { key, record, mail } = read(event);
  if (!(await first(key, record)) || !mail) return;
  await sns.send(
    new PublishCommand({
      TopicArn: TOPIC_ARN,
      Subject: `${PROJECT}: ${mail.subject}`.slice(0, 100),
      Message: `${mail.text}\n\nTo look closer:\n  ${mail.next}\n`,
    }),
  );
};
