// Nothing in a rehearsal reaches a real account, whatever the environment that it is started from holds.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/process';
import { RegionStartError, startRegion, type Region } from '../../../src/rehearsal/region';
import { images } from './fixture';
import { start, temporaryFolder } from './start';

/** As a developer's shell may hold them; the keys are the examples of AWS's documentation. */
const REAL = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'token',
  AWS_PROFILE: 'production',
  AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/production',
  HTTPS_PROXY: 'http://proxy.example:3128',
  https_proxy: 'http://proxy.example:3128',
  NODE_USE_ENV_PROXY: '1',
  NODE_OPTIONS: '--require /not/there.cjs',
};

const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(REAL)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
});

async function regionAmongRealCredentials(): Promise<Region> {
  Object.assign(process.env, REAL);
  return start({ runtime: images() });
}

/** Runs a script as a child of the rehearsal; what it throws is the answer. */
async function child(region: Region, script: string): Promise<string> {
  const wrapped = `(async () => { ${script} })().then((value) => console.log(value), (error) => console.log(error.cause?.message ?? error.message));`;
  const { stdout, stderr } = await run(process.execPath, ['-e', wrapped], { env: region.environment });
  return stdout.trim() || stderr;
}

const REFUSED =
  /^A rehearsal talks to this machine only, and refused a connection to (\S+): point the client at AWS_ENDPOINT_URL\.$/;

test('a child inherits what it needs, and nothing that leads to a real account', async () => {
  process.env.SOME_SETTING = 'kept';
  const region = await regionAmongRealCredentials();
  delete process.env.SOME_SETTING;
  const { environment } = region;
  expect(environment).toMatchObject({ SOME_SETTING: 'kept', PATH: process.env.PATH, AWS_ENDPOINT_URL: region.url });
  for (const [name, value] of Object.entries(REAL)) expect(environment[name]).not.toBe(value);
  const leading = Object.keys(environment).filter((name) => /^AWS_|_proxy$/i.test(name));
  expect(leading.sort()).toEqual([
    'AWS_ACCESS_KEY_ID',
    'AWS_CONFIG_FILE',
    'AWS_DEFAULT_REGION',
    'AWS_EC2_METADATA_DISABLED',
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SHARED_CREDENTIALS_FILE',
  ]);
});

test('a child’s clients find the region without being told', async () => {
  const region = await regionAmongRealCredentials();
  region.createBucket('drone-data');
  const list = `
    const { S3Client, ListObjectsV2Command } = require(${JSON.stringify(require.resolve('@aws-sdk/client-s3'))});
    return (await new S3Client().send(new ListObjectsV2Command({ Bucket: 'drone-data' }))).Name;`;
  expect(await child(region, list)).toBe('drone-data');
});

test('a child’s client that is pointed at AWS is refused, with the child’s credentials or its own', async () => {
  const region = await regionAmongRealCredentials();
  const describe = (options: string) => `
    const { SageMakerClient, ListTagsCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-sagemaker'))});
    const client = new SageMakerClient({ maxAttempts: 1, ${options} });
    return client.send(new ListTagsCommand({ ResourceArn: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p' }));`;
  const endpoint = "endpoint: 'https://api.sagemaker.eu-west-1.amazonaws.com'";
  const credentials = `credentials: { accessKeyId: '${REAL.AWS_ACCESS_KEY_ID}', secretAccessKey: 'x' }`;
  expect(await child(region, describe(endpoint))).toMatch(REFUSED);
  expect(await child(region, describe(`${endpoint}, ${credentials}`))).toMatch(REFUSED);
  // and one that finds the region, but brings credentials of its own
  expect(await child(region, describe(credentials))).toMatch(/they may belong to a real account, and are refused/);
});

test.each([
  ['fetch', `return (await fetch('https://example.com')).status`],
  ['fetch of an address', `return (await fetch('http://169.254.169.254/latest/meta-data')).status`],
  ['http', `return new Promise((ok, no) => require('http').get('http://example.com', ok).on('error', no))`],
  ['https', `return new Promise((ok, no) => require('https').get('https://example.com', ok).on('error', no))`],
  ['tls', `return new Promise((ok, no) => require('tls').connect(443, 'example.com', ok).on('error', no))`],
  ['net', `return new Promise((ok, no) => require('net').connect(443, '192.0.2.1', ok).on('error', no))`],
  ['UDP', `require('dgram').createSocket('udp4').send('x', 53, '192.0.2.1')`],
  [
    'a worker thread',
    `return new Promise((ok, no) => new (require('worker_threads').Worker)(
       "require('net').connect(443, '192.0.2.1').on('error', (error) => { throw error; })", { eval: true }).on('error', no))`,
  ],
])('a child that leaves this machine by %s is refused', async (_way, script) => {
  expect(await child(await start(), script)).toMatch(REFUSED);
});

test.each(['127.0.0.1', 'localhost'])('a child may talk to %s', async (host) => {
  const server = createServer((_request, response) => response.end('hello')).listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    expect(await child(await start(), `return (await fetch('http://${host}:${port}')).text()`)).toBe('hello');
  } finally {
    server.close();
  }
});

test('a folder with a space in its name does not let a child out', async () => {
  const region = await start({ stateDir: join(temporaryFolder(), 'my "project"') });
  expect(await child(region, `return (await fetch('https://example.com')).status`)).toMatch(REFUSED);
});

test('the region listens on loopback only', async () => {
  const { url } = await start();
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);
  for (const { address } of outside) await expect(fetch(url.replace('127.0.0.1', address))).rejects.toThrow();
  expect((await fetch(url)).status).toBe(403);
});

test('a port in use is one clear error', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  const second = startRegion({ stateDir: temporaryFolder(), region: 'eu-west-1', port, runtime: images() });
  await expect(second).rejects.toThrow(RegionStartError);
  await expect(second).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`);
});
