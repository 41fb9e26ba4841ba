// The thread that answers: whatever a request asks of JavaScript is done here, so that the main thread is free for `/ping`.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { InvocationReply, InvocationRequest, InvocationSetup } from './invocation-messages';
import { ModelInvocations } from './model-invocations';
import { RequestError } from './request-error';
import { objectFetcher } from './s3-object';
import { openServedModel } from './served-model';

async function serve(port: MessagePort, { folder, workers, limits, bounds }: InvocationSetup): Promise<void> {
  const post = (reply: InvocationReply, transfer: readonly ArrayBufferLike[] = []): void => {
    port.postMessage(reply, transfer as ArrayBuffer[]);
  };
  const model = await openServedModel(folder, workers);
  // Thrown, it ends this thread, and the main thread learns that nothing is answered any more.
  void model.detector.failed.then((error) => {
    throw error;
  });
  const invocations = new ModelInvocations(model, limits, bounds, objectFetcher());
  port.on('message', (request: InvocationRequest) => {
    if (request.type === 'close') {
      // Of a worker thread, this ends the thread alone.
      void model.detector.close().then(() => process.exit());
      return;
    }
    const { id } = request;
    invocations.answer(request.invocation).then(
      (answer) => {
        post({ type: 'answered', id, answer }, [answer.text.buffer]);
      },
      (error: unknown) => {
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        post({
          type: 'refused',
          id,
          status: error instanceof RequestError ? error.status : null,
          reason: message,
          stack,
        });
      },
    );
  });
  post({ type: 'ready', modelVersion: model.version });
}

// The cast is the contract with `startInvocationThread`, which starts this file and nothing else does.
if (parentPort) void serve(parentPort, workerData as InvocationSetup);
