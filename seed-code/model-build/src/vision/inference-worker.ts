// A worker thread with one ONNX Runtime session: onnxruntime-node's `run` blocks its thread, which must not be the main one.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { yieldToOthers } from '../worker-thread';
import { HeadError, readHead, tellHead, type Head } from './heads';
import {
  ROW,
  type InferenceReply,
  type InferenceRequest,
  type RunSettings,
  type WorkerSetup,
} from './inference-messages';
import { nonMaximumSuppression } from './nms';

/** A session that has run once, and the output that is its head. */
interface Warm {
  readonly session: InferenceSession;
  readonly output: string;
  readonly head: Head;
  /** Where every run writes the head's output, `[batch, …]`: fresh memory for each would cost more than reading it. */
  readonly values: Float32Array;
  /** The head's output for one image. */
  readonly shape: readonly number[];
}

async function warmUp(setup: WorkerSetup): Promise<Warm> {
  const session = await InferenceSession.create(setup.modelPath, { intraOpNumThreads: setup.threads });
  const outputs = await session.run(inputOf(setup, new Float32Array(inputLength(setup)), setup.batch));
  const reasons: string[] = [];
  const heads = Object.entries(outputs).flatMap(([output, { data, dims }]) => {
    try {
      const head = tellHead(dims, setup.imageSize, setup.classes);
      if (!(data instanceof Float32Array)) throw new HeadError(`its output ${output} is not float32`);
      return [{ session, output, head, values: data, shape: dims.slice(1) }];
    } catch (error) {
      if (!(error instanceof HeadError)) throw error;
      reasons.push(error.message);
      return [];
    }
  });
  const [head, other] = heads;
  if (!head) throw new HeadError(reasons.join('; '));
  if (other) throw new HeadError(`its outputs ${head.output} and ${other.output} both look like a detector's`);
  return head;
}

function inputLength({ batch, imageSize }: WorkerSetup): number {
  return batch * 3 * imageSize ** 2;
}

function inputOf(setup: WorkerSetup, tensor: Float32Array, count: number): Record<string, Tensor> {
  const { inputName, imageSize } = setup;
  const input = tensor.subarray(0, inputLength({ ...setup, batch: count }));
  return { [inputName]: new Tensor('float32', input, [count, 3, imageSize, imageSize]) };
}

/** One image's output as rows of a reply. */
function detect(head: Head, output: Float32Array, imageSize: number, settings: RunSettings): Float32Array {
  const candidates = readHead(head, output, { ...settings, imageSize });
  const { boxes, scores, classes } = candidates;
  const suppress = settings.iou !== null && head.kind !== 'end-to-end';
  const kept = suppress
    ? nonMaximumSuppression(candidates, { ...settings, iou: settings.iou })
    : Int32Array.from(scores.keys()).slice(0, settings.iou === null ? Infinity : settings.maxDetections);
  const rows = new Float32Array(kept.length * ROW);
  kept.forEach((candidate, i) => {
    rows.set(boxes.subarray(candidate * 4, candidate * 4 + 4), i * ROW);
    rows[i * ROW + 4] = scores[candidate];
    rows[i * ROW + 5] = classes[candidate];
  });
  return rows;
}

async function answer(
  { session, output, head, values, shape }: Warm,
  setup: WorkerSetup,
  { id, tensor, images, settings }: InferenceRequest,
): Promise<InferenceReply> {
  try {
    const count = setup.batchIsFree ? images : setup.batch;
    const length = values.length / setup.batch;
    const data = values.subarray(0, count * length);
    await session.run(inputOf(setup, tensor, count), { [output]: new Tensor('float32', data, [count, ...shape]) });
    const detections = Array.from({ length: images }, (_, image) =>
      detect(head, data.subarray(image * length, (image + 1) * length), setup.imageSize, settings),
    );
    return { type: 'done', id, tensor, detections };
  } catch (error) {
    return { type: 'failed', id, tensor, reason: (error as Error).message };
  }
}

async function serve(port: MessagePort, setup: WorkerSetup): Promise<void> {
  const post = (reply: InferenceReply, transfer: readonly ArrayBufferLike[] = []): void => {
    port.postMessage(reply, transfer as ArrayBuffer[]);
  };
  if (setup.yielding) yieldToOthers();
  let warm: Warm;
  try {
    warm = await warmUp(setup);
  } catch (error) {
    post({ type: 'refused', reason: (error as Error).message });
    return;
  }
  // One after another, as runs share the memory of their output.
  let turn = Promise.resolve();
  port.on('message', (request: InferenceRequest) => {
    turn = turn.then(async () => {
      const reply = await answer(warm, setup, request);
      post(reply, 'tensor' in reply ? [reply.tensor.buffer] : []);
    });
  });
  post({ type: 'ready', head: warm.head });
}

// The cast is the contract with `InferencePool`, which starts this file and nothing else does.
if (parentPort) void serve(parentPort, workerData as WorkerSetup);
