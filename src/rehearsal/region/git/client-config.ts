// Git's configuration in a rehearsal: addresses of AWS and of code hosts lead to this machine, and no other way out is open.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GitClientConfig {
  /** Variables for a person: signs as the key in the environment. */
  readonly person: Readonly<Record<string, string>>;
  /** Variables for a build, with and without CodeBuild's credential helper. */
  build(credentialHelper: boolean): Readonly<Record<string, string>>;
}

/** @param url the region's address */
export function gitClientConfig(folder: string, url: string, region: string): GitClientConfig {
  mkdirSync(folder, { recursive: true });
  const lead = (to: string, ...from: readonly string[]): string =>
    [`[url "${url}${to}"]`, ...from.map((one) => `  insteadOf = ${one}`)].join('\n');
  const ways = [
    lead('/v1/repos/', `https://git-codecommit.${region}.amazonaws.com/v1/repos/`),
    lead(
      '/git-http/',
      `https://codeconnections.${region}.amazonaws.com/git-http/`,
      `https://codestar-connections.${region}.amazonaws.com/git-http/`,
    ),
    lead('/hosts/', 'https://', 'http://'),
    lead('/', `${url}/`),
    '[protocol]\n  allow = never\n[protocol "http"]\n  allow = always\n[protocol "file"]\n  allow = always',
  ];
  const helper =
    '[credential]\n  helper = "!f() { echo \\"username=$AWS_ACCESS_KEY_ID\\"; echo password=rehearsal-only; }; f"';
  const write = (name: string, parts: readonly string[]): Readonly<Record<string, string>> => {
    const file = join(folder, name);
    writeFileSync(file, `${parts.join('\n')}\n`);
    return { GIT_CONFIG_GLOBAL: file, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  };
  const person = write('person', [...ways, helper, '[user]\n  name = Rehearsal\n  email = rehearsal@example.com']);
  const withHelper = write('build-with-helper', [...ways, helper]);
  const without = write('build', ways);
  return { person, build: (credentialHelper) => (credentialHelper ? withHelper : without) };
}
