// The serving bundle's entry: the model below the contract's root, on port 8080, until SIGTERM.
import { availableParallelism } from 'node:os';
import { containerPaths, containerRoot, jsonLog } from '../sagemaker';
import { InferenceServer, objectFetcher, openServedModel } from '../serve';

/** Where SageMaker calls; a rehearsal runs several and chooses. */
const PORT = 8080;
/** Bodies of InvokeEndpoint are at most 25 MB. */
const MAX_BODY_MB = 25;
/** Larger than any drone camera of today. */
const MAX_PIXELS = 150e6;
/** Requests that wait, for each one that is worked on: some seconds' worth. */
const QUEUED_PER_WORKER = 8;

async function main(): Promise<void> {
  const log = jsonLog((line) => process.stdout.write(line));
  const workers = availableParallelism();
  const maxBodyMb = Number(process.env.SAGEMAKER_MAX_PAYLOAD_IN_MB ?? 0) || MAX_BODY_MB;
  const server = new InferenceServer({
    // One more than workers: the next frame is decoded while they are busy.
    limits: {
      concurrent: workers + 1,
      queued: workers * QUEUED_PER_WORKER,
      maxBodyBytes: maxBodyMb * 2 ** 20,
      maxPixels: MAX_PIXELS,
    },
    log,
    fetchObject: objectFetcher(),
  });
  const port = await server.listen(Number(process.env.DRONE_MLOPS_PORT ?? PORT));
  process.once('SIGTERM', () => {
    log('draining');
    void server.close().then(() => {
      log('stopped');
    });
  });
  const model = await openServedModel(containerPaths(containerRoot()).model, workers);
  await server.serve(model);
  log('serving', { port, workers, modelVersion: model.version });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
