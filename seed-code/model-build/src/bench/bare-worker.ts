// A worker thread that does nothing but run a session for a while, again and again: what a server of as many workers can reach.
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeImage, letterbox } from '../vision';
import { yieldToOthers } from '../worker-thread';

/** The worker's `workerData`. */
export interface BareSetup {
  readonly modelPath: string;
  /** What the model sees, since its own speed depends on it: a JPEG's path. */
  readonly frame: string;
  /** Side of the model's square input. */
  readonly imageSize: number;
}

async function serve({ modelPath, frame, imageSize }: BareSetup): Promise<void> {
  // As the server's workers do, so that whatever else runs on this machine takes alike from both.
  yieldToOthers();
  const session = await InferenceSession.create(modelPath, { intraOpNumThreads: 1 });
  const { tensor } = letterbox(await decodeImage(frame), imageSize);
  const input = new Tensor('float32', tensor, [1, 3, imageSize, imageSize]);
  const run = () => session.run({ [session.inputNames[0]]: input });
  await run();
  parentPort?.on('message', (milliseconds: number) => {
    void (async () => {
      const began = performance.now();
      let runs = 0;
      for (; performance.now() - began < milliseconds; runs += 1) await run();
      // Runs a second, by its own clock: the last one ends later than the others.
      parentPort?.postMessage((runs * 1000) / (performance.now() - began));
    })();
  });
  parentPort?.postMessage(0);
}

// The cast is the contract with the bench, which alone starts this file.
void serve(workerData as BareSetup);
