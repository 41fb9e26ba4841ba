// The serving bundle's entry: the model below the contract's root, on port 8080, until SIGTERM.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { containerPaths, containerRoot, jsonLog } from '../sagemaker';
import { DEFAULT_BOUNDS, InferenceServer, InvocationThread } from '../serve';

/** Where SageMaker calls; a rehearsal runs several and chooses. */
const PORT = 8080;
/** Bodies of InvokeEndpoint are at most 25 MB. */
const MAX_BODY_MB = 25;
/** Objects of S3 that requests name: frames that no body may carry. */
const MAX_OBJECT_MB = 200;
/** Larger than any drone camera of today. */
const MAX_PIXELS = 150e6;
/** Requests that wait, for each one that is worked on: some seconds' worth. */
const QUEUED_PER_WORKER = 8;

/** What the endpoint's environment may set. */
const environment = z.object({
  DRONE_MLOPS_PORT: z.coerce.number().int().default(PORT),
  /** Set by batch transform. */
  SAGEMAKER_MAX_PAYLOAD_IN_MB: z.coerce.number().positive().default(MAX_BODY_MB),
  DRONE_MLOPS_MIN_CONFIDENCE: z.coerce.number().gt(0).max(1).default(DEFAULT_BOUNDS.minConfidence),
  DRONE_MLOPS_MAX_DETECTIONS: z.coerce.number().int().positive().default(DEFAULT_BOUNDS.maxDetections),
  DRONE_MLOPS_MAX_TILES: z.coerce.number().int().positive().default(DEFAULT_BOUNDS.maxTiles),
});

async function main(): Promise<void> {
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) throw new Error(`The endpoint's environment is not valid: ${z.prettifyError(parsed.error)}`);
  const settings = parsed.data;
  const log = jsonLog((line) => process.stdout.write(line));
  const workers = availableParallelism();
  // Two more than workers: while they are busy, one frame is decoded and one stands ready, so that none of them waits.
  const concurrent = workers + 2;
  const server = new InferenceServer({
    limits: {
      concurrent,
      queued: workers * QUEUED_PER_WORKER,
      maxBodyBytes: settings.SAGEMAKER_MAX_PAYLOAD_IN_MB * 2 ** 20,
    },
    log,
  });
  const port = await server.listen(settings.DRONE_MLOPS_PORT);
  process.once('SIGTERM', () => {
    log('draining');
    void server.close().then(() => {
      log('stopped');
    });
  });
  const invocations = await InvocationThread.start({
    folder: containerPaths(containerRoot()).model,
    workers,
    limits: { concurrent, maxObjectBytes: MAX_OBJECT_MB * 2 ** 20, maxPixels: MAX_PIXELS },
    bounds: {
      minConfidence: settings.DRONE_MLOPS_MIN_CONFIDENCE,
      maxDetections: settings.DRONE_MLOPS_MAX_DETECTIONS,
      maxTiles: settings.DRONE_MLOPS_MAX_TILES,
    },
  });
  await server.serve(invocations);
  log('serving', { port, workers, modelVersion: invocations.modelVersion });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
