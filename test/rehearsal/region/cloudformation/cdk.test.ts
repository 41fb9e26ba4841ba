// The real `cdk` against the region: what `publish` does with it.
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { App, LegacyStackSynthesizer, CfnOutput, Stack, Tags, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { cloudformationOf, start } from '../start';

/** Five runs of cdk, which waits seconds between looks at a stack. */
const TIMEOUT_MS = 300_000;
const CDK = resolve('node_modules/.bin/cdk');

/** A cloud assembly with one stack. */
function assembly(description: string): string {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-'));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'platform', {
    synthesizer: new LegacyStackSynthesizer(),
    env: { region: 'eu-west-1' },
  });
  Tags.of(stack).add('drone-mlops:platform', 'drone-demo');
  const bucket = new s3.CfnBucket(stack, 'Bucket', { versioningConfiguration: { status: 'Enabled' } });
  const trusted = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const role = new iam.CfnRole(stack, 'Role', {
    description,
    assumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trusted] },
  });
  new CfnOutput(stack, 'RoleArn', { value: role.attrArn });
  new CfnOutput(stack, 'BucketName', { value: bucket.ref });
  app.synth();
  return outdir;
}

test(
  'cdk deploys, finds nothing to do, shows a difference, changes and destroys a stack',
  async () => {
    const region = await start();
    const { port } = new URL(region.url);
    const cdk = async (...args: readonly string[]) => {
      const env = {
        ...region.environment,
        AWS_ENDPOINT_URL: `http://localhost:${port}`,
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CI: 'true',
      };
      const all = [...args, '--no-notices', '--no-color'];
      return promisify(execFile)(CDK, all, { env, cwd: tmpdir() }).then(
        ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
        (error: unknown) => {
          const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
          return { code, text: stdout + stderr };
        },
      );
    };
    const stacks = async () => (await cloudformationOf(region).send(new DescribeStacksCommand({}))).Stacks ?? [];
    const [first, second] = [assembly('one'), assembly('two')];

    const deployed = await cdk('deploy', '--app', first, '--require-approval', 'never');
    expect(deployed.text).toContain('platform.RoleArn = arn:aws:iam::000000000000:role/platform-Role-');
    expect(deployed.code).toBe(0);
    const [stack] = await stacks();
    expect(stack).toMatchObject({ StackName: 'platform', StackStatus: 'CREATE_COMPLETE' });
    expect(stack?.Tags).toEqual([{ Key: 'drone-mlops:platform', Value: 'drone-demo' }]);

    expect((await cdk('deploy', '--app', first, '--require-approval', 'never')).text).toContain('(no changes)');
    const difference = await cdk('diff', '--app', second, '--fail');
    expect(difference.code).toBe(1);
    expect(difference.text).toContain('Description');
    expect((await cdk('deploy', '--app', second, '--require-approval', 'never')).code).toBe(0);
    expect((await stacks())[0]?.StackStatus).toBe('UPDATE_COMPLETE');

    expect((await cdk('destroy', '--app', second, '--force')).code).toBe(0);
    expect(await stacks()).toEqual([]);
  },
  TIMEOUT_MS,
);
