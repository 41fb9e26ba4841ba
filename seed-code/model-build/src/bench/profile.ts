// Measurements of the profiler.
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { inParallel, localPlace, type DataFolder } from '../dataset';
import { profileImage } from '../profile';
import { fastest, meanText, sum, type BenchContext, type Measured, type Measurement } from './measurement';
import { decodeTimes } from './turbojpeg';

const RUNS = 7;

/** Of a folder that only its images are read of. */
const EMPTY: Omit<DataFolder, 'place'> = {
  stamps: new Map(),
  images: [],
  classes: null,
  labelsWithoutImage: [],
  unsupported: [],
};

/** What CleanVision 0.3.7 computes of an image, by its own calls of Pillow and NumPy; shortest times in milliseconds a file. */
const CLEANVISION = `
import hashlib, sys, time
import numpy as np
from PIL import Image, ImageFilter, ImageStat
def look(name):
    image = Image.open(name).copy()
    ImageStat.Stat(image).mean
    red, green, blue = (np.asarray(image)[..., c].astype('int') for c in range(3))
    brightness = np.sqrt(.241 * (red * red) + .691 * (green * green) + .068 * (blue * blue)) / 255
    np.percentile(brightness, [1, 5, 10, 15, 90, 95, 99])
    image.entropy()
    ratio = max(image.size) / 64
    small = image.resize([max(int(side // ratio), 1) for side in image.size]).convert('L')
    ImageStat.Stat(small.filter(ImageFilter.FIND_EDGES)).var
    np.std(small.histogram())
    again = Image.open(name).copy()
    hashlib.md5(np.asarray(again).tobytes()).hexdigest()
    np.asarray(again.convert('L').resize((32, 32), Image.Resampling.LANCZOS))
for name in sys.argv[2:]:
    best = 1e9
    for _ in range(int(sys.argv[1])):
        began = time.perf_counter()
        look(name)
        best = min(best, time.perf_counter() - began)
    print(best * 1000)
`;

/** Times our profile of each image, read, decoded, measured and hashed, with `inFlight` at once. */
function profiling(inFlight: number, atMost: number): Measurement {
  return {
    name: `profile a folder, ${inFlight === 1 ? 'one image' : `${inFlight} images`} at a time`,
    limit: "turbojpeg's full decode on one thread (simplejpeg)",
    must: { atMost },
    run: (context) => against(context, inFlight, 'simplejpeg', (python, files) => decodeTimes(python, files, RUNS)),
  };
}

const cleanVision: Measurement = {
  name: 'profile a folder, one image at a time',
  limit: "CleanVision's measures by Pillow and NumPy, one process (it decodes an image once more for its hashes)",
  must: { atMost: 0.2 },
  run: (context) =>
    against(context, 1, 'pillow and numpy', async (python, files) => {
      const { stdout } = await promisify(execFile)(python, ['-c', CLEANVISION, `${RUNS}`, ...files]);
      return stdout.trim().split('\n').map(Number);
    }),
};

async function against(
  { frames, python }: BenchContext,
  inFlight: number,
  needs: string,
  limitsOf: (python: string, files: readonly string[]) => Promise<number[]>,
): Promise<Measured> {
  const files = [...frames.hd, ...frames.large];
  if (files.length === 0 || python === null) return { skipped: `needs JPEG frames, and a Python with ${needs}` };
  const limits = await limitsOf(python, files);
  const ours: number[] = [];
  for (const file of files) {
    const folder = { ...EMPTY, place: localPlace(dirname(file)) };
    const copies = new Array<string>(inFlight).fill(file);
    const together = await fastest(RUNS, () =>
      inParallel(copies, inFlight, async () => {
        await profileImage(folder, { path: basename(file), labels: null }, 1);
      }),
    );
    ours.push(together / inFlight);
  }
  return {
    ratio: sum(ours) / sum(limits),
    detail: `${meanText(ours)} ms a frame against ${meanText(limits)} ms, ${cpus().length} cores`,
  };
}

export const PROFILE_MEASUREMENTS: readonly Measurement[] = [
  profiling(1, 3.3),
  // Of two cores: with fewer the ratio is that of one image at a time.
  profiling(4, 2),
  cleanVision,
];
