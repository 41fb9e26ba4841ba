// `cdk synth` gives what test/operate/operator.ts has synthesised; `cdk deploy` deploys it by change sets, as cdk does.
const { cpSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: later } = require('node:timers/promises');
const {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} = require('@aws-sdk/client-cloudformation');

const [command, ...args] = process.argv.slice(2);
const flag = (name) => args[args.indexOf(name) + 1];

if (command === 'synth') cpSync('cdk.out', flag('--output'), { recursive: true });
else
  deploy(
    flag('--app'),
    args.find((arg) => /^(Foundation|Catalog)$/.test(arg)),
  ).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });

async function deploy(dir, id) {
  const client = new CloudFormationClient();
  const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
  const StackName = manifest.artifacts[id].properties.stackName;
  const describe = () => client.send(new DescribeStacksCommand({ StackName })).then(({ Stacks: [stack] }) => stack);
  const present = await describe().catch(() => undefined);
  const fresh = present === undefined || present.StackStatus === 'REVIEW_IN_PROGRESS';
  const set = { StackName, ChangeSetName: `deploy-${process.pid}` };
  await client.send(
    new CreateChangeSetCommand({
      ...set,
      ChangeSetType: fresh ? 'CREATE' : 'UPDATE',
      TemplateBody: readFileSync(join(dir, `${id}.template.json`), 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  const { Status } = await client.send(new DescribeChangeSetCommand(set));
  if (Status === 'FAILED') return;
  await client.send(new ExecuteChangeSetCommand(set));
  for (;;) {
    const { StackStatus: status, StackStatusReason: reason } = await describe();
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return;
    if (!status.endsWith('_IN_PROGRESS')) throw new Error(`${StackName} is ${status}: ${reason}`);
    await later(100);
  }
}
