// Loads a tile as the network will see it at inference: letterboxed to the model's input size, its boxes with it.
import { decodeImage, letterbox, letterboxedFrame, letterboxGeometry, type Frame, type Truth } from '../../vision';
import type { TileFile } from '../tiles';

export interface LabelledFrame {
  /** Square, of the model's input size. */
  readonly frame: Frame;
  /** In pixels of `frame`. */
  readonly objects: readonly Truth[];
}

/** @throws ImageError when the image cannot be read */
export async function loadTile({ image, labels }: TileFile, imageSize: number): Promise<LabelledFrame> {
  const source = await decodeImage(image);
  const { pad, width, height } = letterboxGeometry(source.width, source.height, imageSize);
  const fits = source.width === imageSize && source.height === imageSize;
  return {
    frame: fits ? source : letterboxedFrame(letterbox(source, imageSize)),
    objects: labels.map((label) => {
      const x = pad.left + label.x * width;
      const y = pad.top + label.y * height;
      const [right, down] = [(label.width * width) / 2, (label.height * height) / 2];
      return { box: [x - right, y - down, x + right, y + down], classIndex: label.classIndex };
    }),
  };
}
