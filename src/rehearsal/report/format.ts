// How numbers read in the report.

/** `850 ms`, `12.3 s`, `2 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** `178 kB`, `1.2 MB` (decimal units). */
export function bytes(count: number): string {
  if (count < 1e6) return `${Math.round(count / 1e3)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

/** Three decimals; COCO writes −1 where a metric is not defined (no truth in that range). */
export function metric(value: unknown): string {
  if (typeof value !== 'number' || value === -1) return 'not defined';
  return value.toFixed(3);
}
