// How training outside of any execution is shown in MLflow: a run of its own, by the name of whoever started it.
import { randomUUID } from 'node:crypto';
import type { RunHeader } from './entry';
import { RUN_TAGS } from './execution-runs';

export interface LocalTraining {
  readonly experiment: string;
  readonly user: string;
  readonly dataVersion: string;
}

/** @param startTime milliseconds since 1970 */
export function localRun({ experiment, user, dataVersion }: LocalTraining, startTime: number): RunHeader {
  return {
    kind: 'run',
    experiment,
    run: {
      name: `train, ${user}`,
      identity: { 'drone-mlops.local': randomUUID() },
      tags: {
        'mlflow.source.type': 'LOCAL',
        'mlflow.source.name': 'npm run train',
        'mlflow.user': user,
        [RUN_TAGS.dataVersion]: dataVersion,
      },
      startTime,
    },
  };
}
