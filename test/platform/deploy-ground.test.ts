// The place where model-deploy joins: what it stands on is there, and what stands already stays as it is.
import { App, Fn, aws_events as events } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { launchPolicy, type Template } from '../../src/catalog';
import { ProjectStack, type DeployGround } from '../../src/platform';
import { OPTIONS } from '../catalog/options';

/** As little of a deployment as needs each part of the ground: approvals of the project's packages, told to its topic. */
class Approvals extends Construct {
  constructor(scope: Construct, id: string, { artifacts, roles, executionRoleArn, topicArn, options }: DeployGround) {
    super(scope, id);
    roles.add('DeployRole', {
      name: 'eventsRole',
      service: 'events',
      purpose: `deploys models of ${options.platform}`,
      allows: [{ sid: 'Pass', actions: ['iam:PassRole'], resources: [executionRoleArn] }],
    });
    new events.CfnRule(this, 'Rule', {
      name: Fn.sub('sagemaker-${SageMakerProjectId}-approvals'),
      eventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        detail: {
          ModelPackageGroupName: [artifacts.modelPackageGroup.modelPackageGroupName],
          ModelApprovalStatus: ['Approved'],
        },
      },
      targets: [{ id: 'People', arn: topicArn }],
    });
  }
}

class WithApprovals extends ProjectStack {
  constructor(...args: ConstructorParameters<typeof ProjectStack>) {
    super(...args);
    new Approvals(this, 'Deploy', this.deployGround);
  }
}

function synthesized(Stack: typeof ProjectStack): Template {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Project', OPTIONS);
  return app.synth().getStackArtifact(stack.artifactId).template as Template; // the stack has parameters and resources
}

test('a deployment joins without touching what is there, and the launch policy follows', () => {
  const [before, after] = [synthesized(ProjectStack), synthesized(WithApprovals)];
  const added = Object.keys(after.Resources).filter((id) => !(id in before.Resources));

  expect(after.Resources).toMatchObject(before.Resources);
  expect(added.sort()).toEqual(['DeployRole', 'DeployRule']);
  expect(after.Resources.DeployRule?.Properties).toMatchObject({
    EventPattern: {
      detail: { ModelPackageGroupName: [{ 'Fn::Sub': '${SageMakerProjectName}-${SageMakerProjectId}' }] },
    },
    Targets: [{ Arn: { Ref: 'NotifyTopic' } }],
  });
  const launch = (template: Template) => JSON.stringify(launchPolicy(template, OPTIONS.platform));
  expect(launch(before)).not.toContain('-approvals');
  expect(launch(after)).toContain(':rule/sagemaker-*-approvals');
});
