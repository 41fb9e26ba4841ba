// How much memory a step's process took at most.
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/**
 * The highest resident memory so far, in MB of 2²⁰ bytes. On Linux the kernel's figure for the program (`VmHWM`): that of
 * `getrusage` begins with what the parent held when it forked.
 */
export function peakMemoryMb(): number {
  const ownKilobytes = platform() === 'linux' && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Math.round(Number(ownKilobytes ? ownKilobytes[1] : process.resourceUsage().maxRSS) / 1024);
}
