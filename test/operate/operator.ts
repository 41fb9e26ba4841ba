// The person who operates a platform, for tests: a platform's repository, and the commands as they are typed in it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli';
import type { Region } from '../../src/rehearsal/region';
import { fakeHost } from '../cli/fake-host';
import { assembly, PLATFORM, platformRepository, release } from '../rehearsal/region/platform/platform';

export interface Said {
  readonly code: number;
  /** On standard output. */
  readonly printed: string;
  /** What went on, and errors. */
  readonly said: string;
}

/** In the place of an hour of building: the digests are recorded as images/build.sh records them. */
const IMAGES_BUILDSPEC = `
version: 0.2
phases: { build: { commands: ['node images/record.cjs'] } }
`;
const RECORD = `
const { SSMClient, PutParameterCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-ssm'))});
const { PARAMETERS, REPOSITORY, RELEASE, CODEBUILD_BUILD_NUMBER: build } = process.env;
const put = (image) =>
  new SSMClient().send(new PutParameterCommand({
    Name: \`\${PARAMETERS}/releases/\${RELEASE}/images/\${image}\`,
    Value: \`\${REPOSITORY}@sha256:\${build.padStart(64, '0')}\`,
    Type: 'String',
    Overwrite: true,
  }));
Promise.all(['node', 'training'].map(put)).catch((error) => { console.error(error); process.exit(1); });
`;

/** In the place of cdk, which takes ten seconds for each of its commands. A rehearsal has cdk itself. */
const STAND_IN = readFileSync(join(__dirname, 'cdk-stand-in.cjs'), 'utf8').replace(
  '@aws-sdk/client-cloudformation',
  require.resolve('@aws-sdk/client-cloudformation'),
);

/** A platform's repository, with its packages installed as far as publishing takes. */
export function installedPlatform(options: Readonly<Record<string, unknown>> = {}): string {
  const dir = platformRepository({ region: 'eu-west-1', ...options });
  write(dir, {
    'package.json': '{}',
    'cdk.json': '{}',
    'images/buildspec.yml': IMAGES_BUILDSPEC,
    'images/record.cjs': RECORD,
    'node_modules/aws-cdk/package.json': '{}',
    'node_modules/aws-cdk/bin/cdk': STAND_IN,
  });
  return dir;
}

/** Freezes a release whose seed says what is given, and has its stacks synthesised for the stand-in. */
export async function freeze(
  dir: string,
  version: string,
  ...more: readonly [string?, Readonly<Record<string, string>>?]
) {
  await release(dir, version, ...more);
  synthesized(dir);
}

/** Has the stacks synthesised as the repository is now. The build of images needs no Docker, which the region has not. */
export function synthesized(dir: string): void {
  const out = assembly(dir);
  const file = join(out, 'Foundation.template.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"PrivilegedMode": true', '"PrivilegedMode": false'));
  cpSync(out, join(dir, 'cdk.out'), { recursive: true });
}

/** Changes the definition. */
export function redefine(dir: string, options: Readonly<Record<string, unknown>>): void {
  const file = join(dir, 'drone-mlops.json');
  write(dir, {
    'drone-mlops.json': JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...options }),
  });
  synthesized(dir);
}

/** Of a region's environment, what leads a command to it. */
type Reached = Pick<Region, 'environment'>;

/** The stack that a platform's releases stand on, and the one that offers them. */
export const STACKS = {
  foundation: `drone-mlops-${PLATFORM}-foundation`,
  catalog: `drone-mlops-${PLATFORM}-catalog`,
} as const;

const own = { ...process.env };
afterEach(() => {
  process.env = { ...own };
});

/** `drone-mlops …`, typed in a platform's repository by somebody whose environment leads to the region. */
export async function drone({ environment }: Reached, cwd: string, ...args: readonly string[]): Promise<Said> {
  process.env = { ...own, ...environment, AWS_MAX_ATTEMPTS: '1' };
  const host = fakeHost(cwd, { env: process.env });
  const code = await main('drone-mlops', args, host);
  return { code, printed: host.printed.join('\n'), said: host.said.join('\n') };
}

/** `publish --yes`, which looks often. */
export function publish(region: Reached, dir: string): Promise<Said> {
  return drone(region, dir, 'publish', '--yes', '--poll-seconds', '0.1');
}

/** That a command was refused with one sentence, which is the last that was said, and not with a stack. */
export function refused({ code, said }: Said, expected: 1 | 2, sentence: string | RegExp): void {
  const last = said.split('\n').at(-1) ?? '';
  if (typeof sentence === 'string') expect(last).toContain(sentence);
  else expect(last).toMatch(sentence);
  expect(code).toBe(expected);
}

function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}
