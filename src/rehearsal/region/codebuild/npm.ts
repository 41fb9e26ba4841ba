// npm as this machine's user has it: builds install from the same registry and the same cache.
import { run } from '../../../process';

export interface NpmSettings {
  /** Variables of a build. */
  readonly variables: Readonly<Record<string, string>>;
  /** Hosts that npm may talk to, beside this machine. */
  readonly hosts: readonly string[];
}

/** Settings of npm's that say whom it talks to, and where it keeps what it got. */
const CARRIED = ['cache', 'userconfig', 'registry', 'https-proxy', 'proxy', 'noproxy', 'cafile', 'strict-ssl'];

export async function readNpmSettings(): Promise<NpmSettings> {
  const { stdout } = await run('npm', ['config', 'list', '--json', '--long']);
  return npmSettings(JSON.parse(stdout) as Readonly<Record<string, unknown>>); // what npm prints with --json
}

export function npmSettings(config: Readonly<Record<string, unknown>>): NpmSettings {
  const text = (name: string): string | undefined => {
    const value = config[name];
    return ['string', 'boolean'].includes(typeof value) && value !== '' ? String(value) : undefined;
  };
  const carried = CARRIED.flatMap((name) => {
    const value = text(name);
    return value === undefined ? [] : [[`npm_config_${name.replaceAll('-', '_')}`, value] as const];
  });
  const addresses = Object.keys(config)
    .filter((name) => /(^|:)registry$|^(https-)?proxy$/.test(name))
    .flatMap((name) => text(name) ?? []);
  return {
    variables: {
      ...Object.fromEntries(carried),
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    hosts: [...new Set(addresses.filter((one) => URL.canParse(one)).map((one) => new URL(one).hostname))],
  };
}
