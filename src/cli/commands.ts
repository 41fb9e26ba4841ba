// The commands of `drone-mlops`. Each is a bundle of its own, loaded when it is asked for.
import type { Host } from './host';

export interface CommandModule {
  /**
   * Runs the command.
   * @returns the exit code: 0 done, 1 failed, 2 wrong usage, or one that the command's help explains
   */
  readonly run: (args: readonly string[], host: Host) => Promise<number>;
}

interface CommandEntry {
  readonly about: string;
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  create: { about: 'generates a project', load: () => import('./create/index.js') },
  add: { about: 'adds a step, a class or a stage to a project', load: () => import('./add/index.js') },
  upgrade: { about: 'brings a project up to date', load: () => import('./upgrade/index.js') },
  regenerate: { about: 'applies .projenrc.ts, as npx projen does', load: () => import('./upgrade/regenerate.js') },
  rehearse: { about: 'runs the project’s steps on this machine', load: () => import('./rehearse.js') },
};
