// Logs are one JSON object a line, so that CloudWatch Logs Insights can query their fields.

/** Writes one event; fields are merged beside `event` and `time` (ISO 8601, UTC). */
export type Log = (event: string, fields?: Record<string, unknown>) => void;

export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (event, fields = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), event, ...fields })}\n`);
  };
}
