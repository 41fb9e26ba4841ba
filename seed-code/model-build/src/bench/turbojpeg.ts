// The limit of whatever reads JPEG frames: turbojpeg's full decode, through Python's simplejpeg.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const DECODE = `
import simplejpeg, sys, time
for name in sys.argv[2:]:
    data, best = open(name, 'rb').read(), 1e9
    for _ in range(int(sys.argv[1])):
        began = time.perf_counter()
        simplejpeg.decode_jpeg(data, 'RGB')
        best = min(best, time.perf_counter() - began)
    print(best * 1000)
`;

/** Shortest full decodes on one thread, in milliseconds a file. */
export async function decodeTimes(python: string, files: readonly string[], runs: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)(python, ['-c', DECODE, `${runs}`, ...files]);
  return stdout.trim().split('\n').map(Number);
}
