// Installing the packages of a rendered project, without install scripts.
import { relative } from 'node:path';
import { run } from '../../process';
import { type Host, checkInterrupted } from '../host';

/** npm failed; the project is whole without it. */
export interface InstallFailure {
  readonly note: string;
}

/** @returns a failure when npm failed; the project is whole without its packages */
export async function installPackages(
  root: string,
  folders: readonly string[],
  host: Host,
): Promise<InstallFailure | undefined> {
  for (const folder of folders) {
    const name = relative(root, folder) || 'the platform';
    host.say(`Installing the packages of ${name} …`);
    const { code, stderr } = await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      env: withoutNpmContext(host.env),
      signal: host.interrupted,
    });
    checkInterrupted(host);
    if (code !== 0) {
      const reason = /^npm (?:error|ERR!) (?!code)(.+)$/m.exec(stderr)?.[1] ?? `npm ended with code ${String(code)}`;
      return { note: `The packages of ${name} could not be installed (${reason}): run \`npm install\` there.` };
    }
  }
  return undefined;
}

/** The environment without what npx tells its child about the package that it runs. */
function withoutNpmContext(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^npm_(package_|lifecycle_|command$|config_(local_prefix|package)$)/.test(name),
    ),
  );
}
