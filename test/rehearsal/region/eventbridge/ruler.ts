// AWS's own Event Ruler, which DRONE_MLOPS_EVENT_RULER names: a folder of its jars.
import { join } from 'node:path';
import { run } from '../../../../src/process';
import type { PatternCase } from './cases';

export const RULER = process.env.DRONE_MLOPS_EVENT_RULER;
const PROGRAM = join(__dirname, '..', '..', '..', 'witness', 'EventRuler.java');

/** `true`, `false` or `invalid` of each pattern with its event. */
export async function judge(pairs: readonly Pick<PatternCase, 'pattern' | 'event'>[]): Promise<string[]> {
  const input = pairs.map(({ pattern, event }) => JSON.stringify({ pattern, event })).join('\n');
  const { stdout, stderr, code } = await run('java', ['-cp', `${RULER ?? ''}/*`, PROGRAM], { input });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split('\n');
}
