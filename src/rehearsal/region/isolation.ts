// The environment in which nothing can reach a real account.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOOPBACK_ONLY } from './loopback-only';

/** The one access key that the region takes: whoever comes with another meant a real account. */
export const ACCESS_KEY = 'REHEARSALONLY0000000';

/** Variables that lead to credentials, to another endpoint, or out through a proxy. */
const LEADING_OUT =
  /^(AWS_|AMAZON_|BOTO_|MLFLOW_|SAGEMAKER_)|_PROXY$|^((npm_config_)?NODE_OPTIONS|NODE_USE_ENV_PROXY)$/i;

export interface Isolation {
  /** What must be set, and nothing else. */
  readonly settings: Readonly<Record<string, string>>;
  /** The whole environment of a child process: the parent's without what leads out, and the settings. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param folder where the files lie that the environment names
 * @param parent the environment of this process
 */
export function isolate(url: string, region: string, folder: string, parent: NodeJS.ProcessEnv): Isolation {
  mkdirSync(folder, { recursive: true });
  const guard = write(folder, 'loopback-only.cjs', LOOPBACK_ONLY);
  const settings = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: 'rehearsal-only',
    AWS_CONFIG_FILE: write(folder, 'aws-config', ''),
    AWS_SHARED_CREDENTIALS_FILE: write(folder, 'aws-credentials', ''),
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_OPTIONS: `--require ${JSON.stringify(guard)}`,
  };
  const inherited = Object.entries(parent).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !LEADING_OUT.test(entry[0]),
  );
  // npm sets NODE_OPTIONS for its scripts anew, when an .npmrc has node-options; this wins over the file's.
  const npm = { npm_config_node_options: settings.NODE_OPTIONS };
  return { settings, environment: { ...Object.fromEntries(inherited), ...npm, ...settings } };
}

function write(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
