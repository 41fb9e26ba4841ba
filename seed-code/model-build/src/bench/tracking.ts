// How fast a run's metrics reach a tracking server, and what telling them costs whoever trains.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, localRun, mlflow, openRunLog, trackingAddress } from '../tracking';
import type { Measurement } from './measurement';

const METRICS = 10_000;
const METRICS_A_SECOND = 1000;
/** Share of a second that a trainer may spend on telling so many metrics. */
const TELLING = 0.05;
const WAIT_MS = 120_000;

/** Tells METRICS of a run of its own. @returns seconds of telling, and until all had arrived; or what was lost */
async function tellMetrics(url: string): Promise<{ telling: number; arriving: number } | { lost: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-tracking-'));
  try {
    const client = mlflow(connect(trackingAddress(url)));
    const header = localRun({ experiment: `bench-${randomUUID()}`, user: 'bench', dataVersion: 'none' }, Date.now());
    const run = openRunLog(client, header, { tell: () => undefined, journal: join(folder, 'journal') });
    const began = performance.now();
    for (let step = 0; step < METRICS; step += 1) run.record(step, { loss: Math.sin(step) });
    const told = performance.now();
    const id = await run.end('FINISHED', WAIT_MS);
    const arrived = performance.now();
    const history = id === undefined ? [] : await client.metricHistory(id, 'loss');
    const good =
      history.length === METRICS &&
      history.every(({ step, value }, index) => step === index && value === Math.sin(index));
    if (!good) return { lost: `${history.length} of ${METRICS} metrics arrived, or not in their order` };
    return { telling: (told - began) / 1000, arriving: (arrived - began) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SKIPPED = { skipped: 'name an MLflow server of this machine in DRONE_MLOPS_MLFLOW' };

export const TRACKING_MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'metrics through the tracking client, none lost, in their order',
    limit: `${METRICS_A_SECOND} a second`,
    must: { atLeast: 1 },
    async run({ mlflow: url }) {
      if (url === null) return SKIPPED;
      const told = await tellMetrics(url);
      if ('lost' in told) return { ratio: 0, detail: told.lost };
      const rate = METRICS / told.arriving;
      return { ratio: rate / METRICS_A_SECOND, detail: `${METRICS} in ${told.arriving.toFixed(2)} s` };
    },
  },
  {
    name: 'telling metrics, as a trainer waits for it',
    limit: `${TELLING * 1000} ms for ${METRICS_A_SECOND}`,
    must: { atMost: 1 },
    async run({ mlflow: url }) {
      if (url === null) return SKIPPED;
      const told = await tellMetrics(url);
      if ('lost' in told) return { ratio: Infinity, detail: told.lost };
      const seconds = (told.telling / METRICS) * METRICS_A_SECOND;
      return { ratio: seconds / TELLING, detail: `${(seconds * 1000).toFixed(1)} ms` };
    },
  },
];
