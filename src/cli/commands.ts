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
  release: {
    about: 'freezes the project template and the seed under a version',
    load: async () => (await import('./operate/index.js')).release,
  },
  publish: {
    about: 'publishes the releases to AWS, where Studio offers them',
    load: async () => (await import('./operate/index.js')).publish,
  },
  images: {
    about: 'builds the runtime images of releases on AWS',
    load: async () => (await import('./operate/index.js')).images,
  },
  launch: {
    about: 'launches a project for a team, as Studio does',
    load: async () => (await import('./operate/index.js')).launch,
  },
  rehearse: { about: 'publishes, launches, builds and trains on this machine', load: () => import('./rehearse.js') },
};
