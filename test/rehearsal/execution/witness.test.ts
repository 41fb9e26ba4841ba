// The SageMaker Python SDK's local executor as a witness: it evaluates the same cases and must come to the same verdicts.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bindParameters, parseDefinition } from '../../../src/rehearsal/execution';
import { run } from '../../../src/process';
import { definition, rehearse, type Job } from './rehearse';

interface Case {
  readonly name: string;
  readonly parameters?: readonly Record<string, unknown>[];
  readonly values?: Record<string, string>;
  readonly steps: readonly Record<string, unknown>[];
  readonly objects?: Record<string, string>;
  /** What the jobs of some steps fail with. */
  readonly failures?: Record<string, string>;
}

interface Verdict {
  readonly refused?: string;
  readonly status?: string;
  readonly failureReason?: string | null;
  readonly steps?: Record<string, { status: string; reason: string | null; outcome: string | null }>;
  /** The arguments of each job. */
  readonly calls?: Record<string, unknown>;
}

const witness = resolve(__dirname, '../../witness');
const cases = readFileSync(join(witness, 'evaluation-cases.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);
const python = process.env.DRONE_MLOPS_SAGEMAKER_PYTHON;

(python === undefined ? describe.skip : describe)('the SDK’s local executor comes to the same verdict on', () => {
  let verdicts: Record<string, Verdict> = {};
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'witness-'));
    const args = ['evaluation.py', 'evaluation-cases.jsonl'].map((file) => join(witness, file));
    const finished = await run(python ?? '', [...args, join(folder, 'verdicts.json')]);
    if (finished.code !== 0) throw new Error(finished.stdout + finished.stderr);
    verdicts = JSON.parse(await readFile(join(folder, 'verdicts.json'), 'utf8')) as Record<string, Verdict>;
    await rm(folder, { recursive: true });
  }, 120_000); // importing the SDK takes seconds on a cold disk

  test.each(cases)('$name', async (each) => {
    expect(withoutDetail(await ours(each))).toEqual(withoutDetail(verdicts[each.name] ?? {}));
  });
});

async function ours({ parameters, values = {}, steps, objects, failures = {} }: Case): Promise<Verdict> {
  const text = definition(steps, { Parameters: parameters ?? [] });
  try {
    bindParameters(parseDefinition(text), values);
  } catch (error) {
    return { refused: (error as Error).message };
  }
  const jobs = Object.fromEntries(
    Object.entries(failures).map(([name, message]): [string, Job] => [
      name,
      () => ({ status: 'Failed', reason: `RuntimeError: ${message}` }),
    ]),
  );
  const { outcome, last, calls } = await rehearse(text, { parameters: values, objects, jobs });
  const verdictOf = (step: (typeof last)[string]) => ({
    status: step.StepStatus,
    reason: step.FailureReason ?? null,
    outcome: step.Metadata?.Condition?.Outcome ?? null,
  });
  return {
    status: outcome.status,
    failureReason: outcome.failureReason ?? null,
    steps: Object.fromEntries(Object.entries(last).map(([name, step]) => [name, verdictOf(step)])),
    calls: Object.fromEntries(calls.map(({ name, request }) => [name, request])),
  };
}

/** A verdict without what only one of the two says: which object lacks a path, and how S3 words that an object is missing. */
function withoutDetail(verdict: Verdict): unknown {
  return JSON.parse(
    JSON.stringify(verdict, (_key, value: unknown) =>
      typeof value === 'string'
        ? value.replace(/: s3:\S+ has no such value\.$/, '').replace(/(from S3: ).*/, '$1')
        : value,
    ),
  );
}
