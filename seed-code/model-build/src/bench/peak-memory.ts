// Peak memory of one of this package's commands, in a process of its own.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * In MB. On Linux the kernel's figure for the program:
 * that of `getrusage` begins with what the parent held when it forked.
 */
export async function peakMemory(args: readonly string[]): Promise<number> {
  const report = `
import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const peak = process.platform === 'linux' ? /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1] : null;
  process._rawDebug(peak ?? String(process.resourceUsage().maxRSS));
});`;
  const hook = `data:text/javascript,${encodeURIComponent(report)}`;
  const command = ['--import', hook, join('bin', 'model-build.cjs'), ...args];
  const { stderr } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 26 });
  const [peak] = stderr.trimEnd().split('\n').slice(-1); // After what the command tells of its progress.
  return (Number(peak) * 1024) / 1e6;
}
