// Measurements of the profiler.
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { inParallel } from '../dataset';
import { profileImage } from '../profile';
import { fastest, type BenchContext, type Measured, type Measurement } from './measurement';
import { decodeTimes, jpegs } from './turbojpeg';

const RUNS = 7;

/** What CleanVision computes of an image, as it does: Pillow and NumPy. Shortest times in milliseconds a file. */
const CLEANVISION = `
import sys, time
import numpy as np
from PIL import Image, ImageFilter
def look(name):
    image = Image.open(name).convert('RGB')
    red, green, blue = (np.asarray(image)[..., c].astype(float) for c in range(3))
    brightness = np.sqrt(.241 * red ** 2 + .691 * green ** 2 + .068 * blue ** 2) / 255
    np.percentile(brightness, [1, 5, 10, 15, 90, 95, 99])
    image.entropy()
    small = image.convert('L').resize((64, 64)).filter(ImageFilter.FIND_EDGES)
    np.var(np.asarray(small))
    np.asarray(image.convert('L').resize((9, 8)))
for name in sys.argv[2:]:
    best = 1e9
    for _ in range(int(sys.argv[1])):
        began = time.perf_counter()
        look(name)
        best = min(best, time.perf_counter() - began)
    print(best * 1000)
`;

/** Times our profile of each image, read, decoded, measured and hashed, with `inFlight` at once. */
function profiling(inFlight: number, must: string): Measurement {
  return {
    name: `profile a folder, ${inFlight === 1 ? 'one image' : `${inFlight} images`} at a time`,
    limit: "turbojpeg's full decode on one thread (simplejpeg)",
    must,
    run: (context) => against(context, inFlight, 'simplejpeg', (python, files) => decodeTimes(python, files, RUNS)),
  };
}

const cleanVision: Measurement = {
  name: 'profile a folder, one image at a time',
  limit: "CleanVision's measures by Pillow and NumPy, one process",
  must: '≤ 0.2',
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
  const files = jpegs(frames);
  if (files.length === 0 || python === null) return { skipped: `needs JPEG frames, and --python with ${needs}` };
  const limit = sum(await limitsOf(python, files));
  // Several rounds of the files, so that what is in flight at the end weighs little.
  const images = Array.from({ length: inFlight }, () => files).flat();
  const ours = await fastest(RUNS, () =>
    inParallel(images, inFlight, async (file) => {
      await profileImage({ path: file, file, labelFile: null }, 1);
    }),
  );
  const ofOne = ours / images.length;
  return {
    ratio: (ofOne * files.length) / limit,
    detail: `${ofOne.toFixed(1)} ms a frame against ${(limit / files.length).toFixed(1)} ms, ${cpus().length} cores`,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export const PROFILE_MEASUREMENTS: readonly Measurement[] = [
  profiling(1, '≤ 3.3'),
  profiling(4, '≤ 2 on two cores'),
  cleanVision,
];
