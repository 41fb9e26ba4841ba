// Who hears of a project: a topic, a status record in the bucket, and a mail that says what failed, why, and what to run next.
import { aws_events as events, aws_lambda as lambda, aws_sns as sns, CfnCondition, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { encryption, notify } from './allows';
import type { Artifacts } from './artifacts';
import { inlineFunction } from './inline-function';
import { logGroup } from './log-group';
import { NAMES, type Named } from './names';
import type { ProjectParameters } from './project-parameters';
import type { ProjectRoles } from './project-role';
import { arn, nameOf } from './substitute';
import type { TemplateOptions } from './template-options';

const TIMEOUT_SECONDS = 60;

export interface NotificationsProps {
  readonly options: TemplateOptions;
  readonly artifacts: Artifacts;
  readonly roles: ProjectRoles;
  readonly parameters: ProjectParameters;
}

export class Notifications extends Construct {
  readonly topicArn: string;
  private readonly function: lambda.CfnFunction;

  constructor(scope: Construct, id: string, { options, artifacts, roles, parameters }: NotificationsProps) {
    super(scope, id);
    const keyArn = artifacts.key?.attrArn;
    const topic = new sns.CfnTopic(this, 'Topic', {
      topicName: nameOf('topic'),
      kmsMasterKeyId: artifacts.key?.ref ?? 'alias/aws/sns',
    });
    this.topicArn = topic.ref;
    new sns.CfnTopicPolicy(this, 'TopicPolicy', {
      topics: [topic.ref],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'EncryptedInTransit',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: topic.ref,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
    const subscription = new sns.CfnSubscription(this, 'Subscription', {
      topicArn: topic.ref,
      protocol: 'email',
      endpoint: parameters.alertEmail.valueAsString,
    });
    subscription.cfnOptions.condition = new CfnCondition(this, 'Wanted', {
      expression: Fn.conditionNot(Fn.conditionEquals(parameters.alertEmail.valueAsString, '')),
    });

    const logs = logGroup(this, 'Logs', nameOf('notifyLogs'), options.logRetentionDays, keyArn);
    this.function = inlineFunction(this, 'Function', {
      name: 'notifyFunction',
      source: 'notify',
      roleArn: roles.add('NotifyRole', {
        name: 'notifyRole',
        service: 'lambda',
        purpose: 'keeps the status record and writes mails',
        allows: [...notify(topic.ref), ...encryption(keyArn)],
      }),
      timeoutSeconds: TIMEOUT_SECONDS,
      environment: { BUCKET: artifacts.bucket, TOPIC_ARN: topic.ref, PROJECT: Fn.ref('SageMakerProjectName') },
      logGroupName: logs.ref,
    });

    this.listen('BuildRule', 'buildRule', {
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      detail: {
        pipeline: [nameOf('buildPipeline')],
        state: ['STARTED', 'SUCCEEDED', 'FAILED', 'CANCELED', 'SUPERSEDED'],
      },
    });
    // SageMaker writes ARNs in lower case here; the prefix holds for experiments' pipelines too.
    const ours = [{ prefix: { 'equals-ignore-case': arn('sagemaker', `pipeline/${NAMES.trainingPipeline.text}`) } }];
    this.listen('ExecutionRule', 'executionRule', {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
      detail: { pipelineArn: ours },
    });
    this.listen('StepRule', 'stepRule', {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Building Pipeline Execution Step Status Change'],
      detail: { pipelineArn: ours, currentStepStatus: ['Failed'] },
    });
  }

  private listen(id: string, name: Named, eventPattern: object): void {
    const rule = new events.CfnRule(this, id, {
      name: nameOf(name),
      state: 'ENABLED',
      eventPattern,
      targets: [{ id: 'Notify', arn: this.function.attrArn }],
    });
    new lambda.CfnPermission(this, `${id}Permission`, {
      action: 'lambda:InvokeFunction',
      functionName: this.function.ref,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}
