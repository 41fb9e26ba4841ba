// What every stage of a rehearsal works with.
import type { RegionClient } from './client';
import type { RehearsalImages } from './images';
import type { RehearsalEvent, RehearsalOptions } from './options';
import type { PackageConfig } from './package';
import type { RehearsalRecord } from './record';
import type { Region } from './region';

export interface Stage {
  readonly options: RehearsalOptions;
  readonly config: PackageConfig;
  readonly region: Region;
  readonly client: RegionClient;
  readonly images: RehearsalImages;
  /** Places in drone-mlops.json, and what stands there during the rehearsal. */
  readonly changes: Readonly<Record<string, string>>;
  readonly tell: (event: RehearsalEvent) => void;
  /** Does one part of the rehearsal, and takes its time. */
  readonly phase: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

/** A training pipeline that an execution has been started of, or is about to be. */
export interface Begun {
  /** The whole environment of the package's commands. */
  readonly environment: NodeJS.ProcessEnv;
  readonly data: NonNullable<RehearsalRecord['data']>;
  /** Starts the execution where nothing has yet. @returns its ARN */
  readonly execution: () => Promise<string>;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A stopwatch for the parts of a rehearsal. */
export function stopwatch(tell: Stage['tell']): Pick<Stage, 'phase'> & { readonly phases: RehearsalRecord['phases'] } {
  const phases: { name: string; milliseconds: number }[] = [];
  return {
    phases,
    async phase(name, work) {
      tell({ kind: 'phase', name });
      const began = performance.now();
      try {
        return await work();
      } finally {
        phases.push({ name, milliseconds: performance.now() - began });
      }
    },
  };
}

/** Says a line of what a command, or a service, said. */
export function saying(tell: Stage['tell']): (text: string) => void {
  return (text) => {
    tell({ kind: 'said', text });
  };
}
