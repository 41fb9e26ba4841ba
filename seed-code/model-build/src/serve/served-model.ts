// The model folder of an inference container: `model.onnx` and `model.json`, as model.tar.gz holds them.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseSidecar, type Sidecar } from '../model';
import { openDetector, type Detector } from '../vision';

/** A model that has run once and is ready for requests. */
export interface ServedModel {
  readonly detector: Detector;
  readonly sidecar: Sidecar;
  /** SHA-256 of `model.onnx`: what answered, whatever it is called. */
  readonly version: string;
}

/**
 * Opens the model in `folder`.
 * @throws SidecarError, OnnxError or DetectorError that names the file and what is wrong with it
 */
export async function openServedModel(folder: string, workers: number): Promise<ServedModel> {
  const modelPath = join(folder, 'model.onnx');
  const sidecarPath = join(folder, 'model.json');
  const sidecar = parseSidecar(await readFile(sidecarPath, 'utf8'), sidecarPath);
  const hash = createHash('sha256');
  const [detector] = await Promise.all([
    openDetector({ modelPath, sidecar, workers, yielding: true }),
    pipeline(createReadStream(modelPath), hash),
  ]);
  return { detector, sidecar, version: hash.digest('hex') };
}
