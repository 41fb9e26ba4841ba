// npm run worker: does what the pipeline's callback steps ask for, on whatever machine this runs.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { loadConfig } from '../config';
import { EnvironmentError, findQueue } from '../pipeline';
import { jsonLog } from '../sagemaker';
import { takeMessages, type Handler } from '../work';
import { parseCommandLine, UsageError, withUsage } from './usage';

const USAGE = `npm run worker -- [STEP…] [options]

  Takes messages of these callback steps from their queues, of all of them by default, does src/steps/STEP.ts for each, and
  tells SageMaker how it went. Needs SAGEMAKER_PROJECT_ID, and the AWS credentials of someone who may read the queues and call
  SendPipelineExecutionStepSuccess and -Failure. Ends at Ctrl-C, when the work under way is done. Logs one JSON object a line.

  --help   Print this.`;

/** Node's `import()` would bypass the loader of TypeScript sources; `require` does not. */
const load = createRequire(__filename);

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { positionals } = parseCommandLine({ args: [...args], allowPositionals: true });
    const { region, steps } = loadConfig(process.cwd());
    const callbacks = steps.filter(({ kind }) => kind === 'callback').map(({ name }) => name);
    const unknown = positionals.find((name) => !callbacks.includes(name));
    if (unknown !== undefined)
      throw new UsageError(`${unknown} is no callback step: ${callbacks.join(', ') || 'there are none'}.`);
    if (callbacks.length === 0) throw new UsageError('This pipeline has no callback steps.');
    const projectId = process.env.SAGEMAKER_PROJECT_ID;
    if (projectId === undefined || projectId === '')
      throw new EnvironmentError('Set SAGEMAKER_PROJECT_ID in the environment: queues are named after the project.');

    const sqs = new SQSClient({ region });
    const sagemaker = new SageMakerClient({ region });
    const end = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        end.abort();
      });
    await Promise.all(
      (positionals.length > 0 ? positionals : callbacks).map(async (step) => {
        const queueUrl = await findQueue(sqs, projectId, step);
        const write = jsonLog((line) => process.stdout.write(line));
        // The cast is what every runner of a callback step exports.
        const { handler } = load(join(process.cwd(), 'src', 'steps', step)) as { handler: Handler };
        const log: typeof write = (event, fields) => {
          write(event, { step, ...fields });
        };
        log('worker-started', { queueUrl });
        await takeMessages({ sqs, sagemaker, queueUrl, handler, log, signal: end.signal });
      }),
    );
    return 0;
  });
}
