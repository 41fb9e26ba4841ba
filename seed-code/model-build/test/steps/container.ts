// Container roots for tests: folders laid out as SageMaker lays them out, and steps run in them.
import { addFiles, temporaryFolder } from '../dataset/folders';
import { containerPaths } from '../../src/sagemaker';
import type { TrackedContext } from '../../src/steps/tracked';
import { untracked } from '../../src/tracking';

export interface Container {
  readonly root: string;
  /** Runs a step with the given arguments; its log events are kept. */
  run(step: (context: TrackedContext) => Promise<void>, args: readonly string[]): Promise<void>;
  readonly events: readonly { readonly event: string; readonly [field: string]: unknown }[];
}

/** @param files inputs, by their path below `processing/input` */
export function container(
  files: Readonly<Record<string, string | Buffer>>,
  host = 'algo-1',
  hosts = [host],
): Container {
  const root = temporaryFolder();
  addFiles(`${root}/processing/input`, files);
  const events: { event: string; [field: string]: unknown }[] = [];
  return {
    root,
    events,
    run: (step, args) =>
      step({
        paths: containerPaths(root),
        args,
        environment: {},
        run: untracked,
        log: (event, fields = {}) => events.push({ ...fields, event }),
        host,
        hosts,
        signal: new AbortController().signal,
      }),
  };
}
