// Folders of images for tests, removed after each test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'dataset-'));
  made.push(folder);
  addFiles(folder, files);
  return folder;
}

export function addFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export interface PhotoOptions {
  readonly width?: number;
  readonly height?: number;
  /** EXIF's form. */
  readonly takenAt?: string;
  readonly orientation?: number;
  /** Copies the view of this seed, a little brighter. */
  readonly brighter?: boolean;
}

/** A photograph of blotches, another for each seed. */
export function photo(
  seed: number,
  { width = 96, height = 64, takenAt, orientation, brighter = false }: PhotoOptions = {},
): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const blotch = Math.floor((pixel % width) / 8) + 31 * Math.floor(pixel / width / 8);
    const mixed = Math.imul(blotch + 7919 * seed + 1, 0x9e3779b1);
    const grey = (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 24) * 0.9 + (brighter ? 8 : 0);
    data.fill(grey, pixel * 3, pixel * 3 + 3);
  }
  const image = sharp(data, { raw: { width, height, channels: 3 } }).jpeg();
  if (takenAt !== undefined) image.withExif({ IFD2: { DateTimeOriginal: takenAt } });
  if (orientation !== undefined) image.withMetadata({ orientation });
  return image.toBuffer();
}
