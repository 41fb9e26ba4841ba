// A model behind a thread of its own: bodies go there, texts come back, and the main thread only passes them on.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startWorkerThread } from '../worker-thread';
import type { Invocation, InvocationAnswer, Invocations } from './invocation';
import type { InvocationReply, InvocationRequest, InvocationSetup } from './invocation-messages';
import { RequestError } from './request-error';

interface Pending {
  readonly resolve: (answer: InvocationAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The thread that answers. Bodies are handed over: whoever asks gives up the memory that holds one. */
export class InvocationThread implements Invocations {
  /**
   * Starts the thread; the model has run once in every worker when this resolves.
   * @throws SidecarError, OnnxError or DetectorError that names the file and what is wrong with it
   */
  static async start(setup: InvocationSetup): Promise<InvocationThread> {
    const thread = startWorkerThread(__filename, 'invocation-worker', setup);
    // `once` rejects with what the thread throws.
    const [reply] = (await once(thread, 'message')) as [InvocationReply];
    return new InvocationThread(thread, reply.type === 'ready' ? reply.modelVersion : '');
  }

  private readonly pending = new Map<number, Pending>();
  private readonly ended: Promise<unknown>;
  private failure: Error | null = null;
  private nextId = 0;

  private constructor(
    private readonly thread: Worker,
    /** SHA-256 of the model. */
    readonly modelVersion: string,
  ) {
    this.ended = new Promise((resolve) => {
      thread.once('exit', resolve);
    });
    thread.on('message', (reply: InvocationReply) => {
      this.receive(reply);
    });
    thread.on('error', (error: Error) => {
      this.fail(error);
    });
    thread.on('exit', () => {
      this.fail(new Error('The thread that answers has ended.'));
    });
  }

  get healthy(): boolean {
    return this.failure === null;
  }

  answer(invocation: Invocation): Promise<InvocationAnswer> {
    if (this.failure) return Promise.reject(this.failure);
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ type: 'answer', id, invocation }, [invocation.body.buffer]);
    });
  }

  async close(): Promise<void> {
    this.send({ type: 'close' });
    await this.ended;
  }

  private send(request: InvocationRequest, transfer: readonly ArrayBufferLike[] = []): void {
    this.thread.postMessage(request, transfer as ArrayBuffer[]);
  }

  private receive(reply: InvocationReply): void {
    if (reply.type === 'ready') return;
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.type === 'answered') pending?.resolve(reply.answer);
    else if (reply.status !== null) pending?.reject(new RequestError(reply.status, reply.reason));
    else pending?.reject(Object.assign(new Error(reply.reason), { stack: reply.stack }));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}
