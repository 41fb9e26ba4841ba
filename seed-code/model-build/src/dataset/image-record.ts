// An image of a folder as data versions, splits and validations know it.
import { extension, labelText, type DataFolder, type FolderImage } from './folder';
import { imageFacts } from './image-facts';
import type { ImageRecord } from './records';
import { sha256 } from './version';

/** @returns null when the bytes are not those of an image */
export async function recordOf(folder: DataFolder, image: FolderImage, bytes: Buffer): Promise<ImageRecord | null> {
  const facts = await imageFacts(bytes);
  if (!facts) return null;
  const { width, height, capturedAt, hash } = facts;
  const object = `${sha256(bytes)}${extension(image.path)}`;
  const labels = await labelText(folder, image);
  return { path: image.path, object, bytes: bytes.length, width, height, capturedAt, hash, labels };
}
