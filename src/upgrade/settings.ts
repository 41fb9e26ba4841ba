// What whoever starts a generation tells it, through one environment variable: `.projenrc.ts` takes no arguments.
import type { ConflictStyle } from './merge-text';

export const SETTINGS_VARIABLE = 'DRONE_MLOPS_REGENERATION';

export interface Settings {
  /** @default markers */
  readonly conflicts: ConflictStyle;
  /** Whether managed files that were edited by hand are rewritten. */
  readonly overwrite: boolean;
  /** Whether only to tell what would be done. */
  readonly dryRun: boolean;
  /** Whether the report holds a diff. */
  readonly diff: boolean;
  /** A file for the outcome, as JSON; without it, it is logged. */
  readonly outcomeFile?: string;
}

export const DEFAULT_SETTINGS: Settings = { conflicts: 'markers', overwrite: false, dryRun: false, diff: false };

/** Settings of this process. The variable is written by this package alone. */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  const text = env[SETTINGS_VARIABLE];
  return text === undefined ? DEFAULT_SETTINGS : { ...DEFAULT_SETTINGS, ...(JSON.parse(text) as Partial<Settings>) };
}
