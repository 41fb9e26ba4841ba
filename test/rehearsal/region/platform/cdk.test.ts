// The platform's own stacks by the real, pinned `cdk`: what `publish` deploys.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  ListConstraintsForPortfolioCommand,
  ListPrincipalsForPortfolioCommand,
  ListProvisioningArtifactsCommand,
  ServiceCatalogClient,
} from '@aws-sdk/client-service-catalog';
import type { Region } from '../../../../src/rehearsal/region';
import { cloudformationOf, s3Of, settings, start } from '../start';
import { assembly, platformRepository, release, upload } from './platform';

/** Six runs of cdk, which waits seconds between looks at a stack. */
const TIMEOUT_MS = 300_000;
const CDK = resolve('node_modules/.bin/cdk');

function cdkOf(region: Region) {
  const { port } = new URL(region.url);
  const env = {
    ...region.environment,
    AWS_ENDPOINT_URL: `http://localhost:${port}`,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
  };
  return async (command: string, stack: string, app: string, ...more: readonly string[]): Promise<string> => {
    const args = [command, stack, '--app', app, '--no-notices', '--no-color', ...more];
    return promisify(execFile)(CDK, args, { env, cwd: tmpdir() }).then(
      ({ stdout, stderr }) => stdout + stderr,
      (error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(stdout + stderr);
      },
    );
  };
}

test(
  'cdk deploys foundation and catalog, finds nothing to do, adds a release and takes all but what is retained away',
  async () => {
    // GIVEN
    const region = await start();
    const cdk = cdkOf(region);
    const catalog = new ServiceCatalogClient(settings(region));
    const dir = platformRepository();
    const deploy = (stack: string) =>
      cdk('deploy', stack, assembly(dir), '--require-approval', 'never', '--exclusively');
    const resources = async (StackName: string) => {
      const command = new DescribeStackResourcesCommand({ StackName });
      return (await cloudformationOf(region).send(command)).StackResources ?? [];
    };
    // WHEN
    const first = await release(dir, '1.0.0');
    await deploy('Foundation');
    await upload(s3Of(region), first);
    const said = await deploy('Catalog');
    // THEN
    const [, PortfolioId = ''] = /PortfolioId = (port-\w+)/.exec(said) ?? [];
    const [, ProductId = ''] = /ProductId = (prod-\w+)/.exec(said) ?? [];
    const { ConstraintDetails } = await catalog.send(new ListConstraintsForPortfolioCommand({ PortfolioId }));
    expect(ConstraintDetails).toMatchObject([{ Type: 'LAUNCH', ProductId }]);
    const { Principals } = await catalog.send(new ListPrincipalsForPortfolioCommand({ PortfolioId }));
    expect(Principals).toEqual([
      { PrincipalARN: 'arn:aws:iam:::role/AmazonSageMaker-ExecutionRole-*', PrincipalType: 'IAM_PATTERN' },
    ]);
    const versions = async () =>
      (await catalog.send(new ListProvisioningArtifactsCommand({ ProductId }))).ProvisioningArtifactDetails ?? [];
    const [former] = await versions();

    expect(await deploy('Foundation')).toContain('(no changes)');
    await upload(s3Of(region), await release(dir, '1.1.0', 'and more'));
    await deploy('Catalog');
    expect((await versions()).map(({ Id, Name }) => [Id === former?.Id, Name])).toEqual([
      [true, '1.0.0'],
      [false, '1.1.0'],
    ]);

    await cdk('destroy', 'Catalog', assembly(dir), '--force', '--exclusively');
    await cdk('destroy', 'Foundation', assembly(dir), '--force', '--exclusively');
    await expect(resources('drone-mlops-drone-demo-foundation')).rejects.toThrow('does not exist');
  },
  TIMEOUT_MS,
);
