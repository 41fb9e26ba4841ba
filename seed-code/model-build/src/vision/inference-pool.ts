// Worker threads with one session each, and the tensors that travel to them and back: who gets a tensor may ask for a run.
import type { Worker } from 'node:worker_threads';
import { startWorkerThread } from '../worker-thread';
import type { Head } from './heads';
import type { InferenceReply, InferenceRequest, RunSettings, WorkerSetup } from './inference-messages';

/** The model cannot be used, or a run of it failed. */
export class DetectorError extends Error {
  override readonly name = 'DetectorError';
}

/** Tensors for each worker: one in its hands and one being filled, so that it never waits. */
const TENSORS_PER_WORKER = 2;

interface Pending {
  readonly resolve: (detections: readonly Float32Array[]) => void;
  readonly reject: (error: Error) => void;
}

/** A pool of inference workers. Back-pressure: {@link InferencePool.tensor} waits until one is free. */
export class InferencePool {
  /**
   * Starts the workers; each has loaded the model and run it once when this resolves.
   * @throws DetectorError that says why the model cannot be used
   */
  static async open(setup: WorkerSetup, workers: number): Promise<InferencePool> {
    const threads = Array.from({ length: workers }, () => startWorkerThread(__filename, 'inference-worker', setup));
    try {
      const [head] = await Promise.all(threads.map(ready));
      if (!head) throw new DetectorError('A detector needs at least one worker.');
      return new InferencePool(setup, head, threads);
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.terminate()));
      throw error;
    }
  }

  private readonly free: Float32Array[] = [];
  private readonly waiting: ((tensor: Float32Array) => void)[] = [];
  private readonly pending = new Map<number, Pending>();
  private readonly load: number[];
  /** Resolves when a worker is gone. */
  readonly failed: Promise<DetectorError>;
  private tellFailure: (failure: DetectorError) => void = () => undefined;
  private failure: DetectorError | null = null;
  private nextId = 0;

  private constructor(
    private readonly setup: WorkerSetup,
    readonly head: Head,
    private readonly threads: readonly Worker[],
  ) {
    this.load = threads.map(() => 0);
    this.failed = new Promise((resolve) => {
      this.tellFailure = resolve;
    });
    for (let i = 0; i < threads.length * TENSORS_PER_WORKER; i += 1) {
      this.free.push(new Float32Array(setup.batch * 3 * setup.imageSize ** 2));
    }
    threads.forEach((thread, index) => {
      thread.on('message', (reply: InferenceReply) => {
        this.receive(index, reply);
      });
      thread.on('error', (error) => {
        this.fail(error.message);
      });
      thread.on('exit', (code) => {
        this.fail(`it ended with code ${code}`);
      });
    });
  }

  /** A tensor `[batch, 3, imageSize, imageSize]` to fill; it goes back by {@link run}. */
  tensor(): Promise<Float32Array> {
    const tensor = this.free.pop();
    return tensor ? Promise.resolve(tensor) : new Promise((resolve) => this.waiting.push(resolve));
  }

  /**
   * Runs the model on the first `images` of a tensor, which goes back to the pool.
   * @returns for each image its rows, as {@link InferenceReply} has them
   * @throws DetectorError when the run failed or the worker died
   */
  run(tensor: Float32Array, images: number, settings: RunSettings): Promise<readonly Float32Array[]> {
    if (this.failure) {
      this.release(tensor);
      return Promise.reject(this.failure);
    }
    const id = this.nextId;
    this.nextId += 1;
    const worker = this.load.indexOf(Math.min(...this.load));
    this.load[worker] += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      const request: InferenceRequest = { id, tensor, images, settings };
      this.threads[worker].postMessage(request, [tensor.buffer as ArrayBuffer]);
    });
  }

  async close(): Promise<void> {
    this.failure ??= new DetectorError('The detector is closed.');
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private release(tensor: Float32Array): void {
    const next = this.waiting.shift();
    if (next) next(tensor);
    else this.free.push(tensor);
  }

  private receive(worker: number, reply: InferenceReply): void {
    if (reply.type !== 'done' && reply.type !== 'failed') return;
    this.load[worker] -= 1;
    this.release(reply.tensor);
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.type === 'done') pending?.resolve(reply.detections);
    else pending?.reject(new DetectorError(`The model ${this.setup.modelPath} failed on an image: ${reply.reason}.`));
  }

  /** A worker is gone: what it had in its hands is lost, and so is the pool. */
  private fail(reason: string): void {
    if (this.failure === null) {
      this.failure = new DetectorError(`An inference worker of ${this.setup.modelPath} is gone: ${reason}.`);
      this.tellFailure(this.failure);
    }
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
    // Whoever waits for a tensor learns of the failure from `run`.
    for (const next of this.waiting.splice(0)) next(new Float32Array(0));
  }
}

function ready(thread: Worker): Promise<Head> {
  return new Promise((resolve, reject) => {
    thread.once('message', (reply: InferenceReply) => {
      if (reply.type === 'ready') resolve(reply.head);
      else if (reply.type === 'refused') reject(new DetectorError(reply.reason));
    });
    thread.once('error', reject);
  });
}
