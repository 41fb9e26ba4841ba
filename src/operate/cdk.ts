// The project's own, pinned `cdk`: synthesises the platform's stacks, and deploys one.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../process';
import type { Work } from './work';

/** `cdk` is not installed, or ended badly; the message repeats what it said last. */
export class CdkError extends Error {
  override readonly name = 'CdkError';
}

/** The platform's stacks as `src/app.ts` calls them. */
export type StackId = 'Foundation' | 'Catalog';

/** What was synthesised, for deploying exactly that. */
export interface Assembly {
  readonly dir: string;
  readonly templates: Readonly<Record<StackId, CdkTemplate>>;
}

/** A template as the comparison takes it. */
export type CdkTemplate = Readonly<Record<string, unknown>>;

/** Lines of `cdk`'s that are worth repeating. */
const SAID_LINES = 15;
/** It asks nobody, says nothing home, and prints for no terminal. */
const QUIET = { CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true', NO_COLOR: '1' };

/**
 * Synthesises the platform's stacks.
 * @param into where the assembly goes
 * @throws CdkError
 */
export async function synthesize(platform: string, into: string, work: Work): Promise<Assembly> {
  await cdk(platform, ['synth', '--quiet', '--output', into], work, () => undefined);
  const template = (stack: StackId): CdkTemplate =>
    // What `cdk` has just written.
    JSON.parse(readFileSync(join(into, `${stack}.template.json`), 'utf8')) as CdkTemplate;
  return { dir: into, templates: { Foundation: template('Foundation'), Catalog: template('Catalog') } };
}

/**
 * Deploys a stack of an assembly; what is deployed already is left as it is.
 * @throws CdkError
 */
export async function deploy(platform: string, { dir }: Assembly, stack: StackId, work: Work): Promise<void> {
  const args = ['deploy', '--app', dir, '--require-approval', 'never', '--progress', 'events', stack];
  await cdk(platform, args, work, (line) => {
    const [, status, type, id] = /\|\s*([A-Z_]+)\s*\|\s*(AWS::\S+)\s*\|\s*(.*)$/.exec(line) ?? [];
    if (status !== undefined) work.say(`  ${status.padEnd(18)} ${type ?? ''} ${id?.trim() ?? ''}`);
  });
}

async function cdk(
  platform: string,
  args: readonly string[],
  { env, signal }: Work,
  onLine: (line: string) => void,
): Promise<void> {
  const program = programOf(platform);
  const line = (text: string): void => {
    for (const one of text.split('\n')) onLine(one);
  };
  const { code, stdout, stderr } = await run(process.execPath, [program, ...args, '--no-notices', '--no-color'], {
    cwd: platform,
    env: { ...env, ...QUIET },
    signal,
    onStdout: line,
    onStderr: line,
  });
  signal.throwIfAborted();
  if (code === 0) return;
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-SAID_LINES).join('\n');
  throw new CdkError(`\`cdk ${args[0] ?? ''}\` failed:\n${said}`);
}

/** @throws CdkError when the platform's packages are not installed */
function programOf(platform: string): string {
  const require = createRequire(join(platform, 'package.json'));
  try {
    return join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');
  } catch {
    throw new CdkError(`The packages of ${platform} are not installed: run \`npm ci\` there first.`);
  }
}
