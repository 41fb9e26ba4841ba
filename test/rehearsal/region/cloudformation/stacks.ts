// Stacks for tests: a template small enough to read, and what follows a stack to its end.
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  type CloudFormationClient,
  type Stack,
} from '@aws-sdk/client-cloudformation';

export const NAME = 'team';
const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];

/** A bucket that is kept, a role that names it, a package group. */
export const TEMPLATE = `
Parameters:
  Project: { Type: String, AllowedPattern: "[a-z]+", ConstraintDescription: small letters. }
  Mail: { Type: String, Default: "" }
Conditions:
  HasMail: !Not [!Equals [!Ref Mail, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub \${Project}-execution
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: sagemaker.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: artifacts
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: !Sub "\${Bucket.Arn}/*" }]
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BucketName: !Join ["-", [project, !Ref Project, !Ref AWS::AccountId]]
      VersioningConfiguration: { Status: Enabled }
  Group:
    Type: AWS::SageMaker::ModelPackageGroup
    Properties: { ModelPackageGroupName: !Ref Project }
  Mailbox:
    Type: AWS::SageMaker::ModelPackageGroup
    Condition: HasMail
    Properties: { ModelPackageGroupName: mailbox }
Outputs:
  RoleArn: { Value: !GetAtt Role.Arn }
`;

export function createStack(
  client: CloudFormationClient,
  TemplateBody: string,
  parameters: Readonly<Record<string, string>>,
) {
  return client.send(
    new CreateStackCommand({
      StackName: NAME,
      TemplateBody,
      Capabilities: CAPABILITIES,
      Parameters: listed(parameters),
    }),
  );
}

export function updateStack(
  client: CloudFormationClient,
  TemplateBody: string,
  parameters: Readonly<Record<string, string>>,
) {
  return client.send(
    new UpdateStackCommand({
      StackName: NAME,
      TemplateBody,
      Capabilities: CAPABILITIES,
      Parameters: listed(parameters),
    }),
  );
}

export function deleteStack(client: CloudFormationClient) {
  return client.send(new DeleteStackCommand({ StackName: NAME }));
}

/** The stack, once nothing is under way. */
export async function settled(client: CloudFormationClient, StackName: string | undefined = NAME): Promise<Stack> {
  for (;;) {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const [stack] = Stacks;
    if (stack !== undefined && !String(stack.StackStatus).endsWith('_IN_PROGRESS')) return stack;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `logical id status`, oldest first. */
export async function eventsOf(client: CloudFormationClient, StackName: string | undefined = NAME): Promise<string[]> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.toReversed().map((event) => `${event.LogicalResourceId ?? ''} ${event.ResourceStatus ?? ''}`);
}

/** Physical ids by logical id. */
export async function resourcesOf(client: CloudFormationClient): Promise<Record<string, string | undefined>> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: NAME }));
  return Object.fromEntries(StackResources.map((one) => [one.LogicalResourceId ?? '', one.PhysicalResourceId]));
}

function listed(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}
