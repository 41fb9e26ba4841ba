// Every permission that calls have needed, as lines of JSON: what a test replays against the roles' own policies.
import { appendFileSync } from 'node:fs';
import type { Principal } from './principals';

/** One line of the log: a permission on one resource. */
export interface LoggedCall {
  /** ISO 8601. */
  readonly at: string;
  /** ARN of the role, or of the person who holds the region's own key. */
  readonly principal: string;
  readonly action: string;
  /** An ARN; `*` where IAM has no resource for the action. */
  readonly resource: string;
  /** Condition keys with their values. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export class CallLog {
  constructor(readonly file: string) {}

  write(principal: Principal, call: Omit<LoggedCall, 'at' | 'principal'>): void {
    const line: LoggedCall = { at: new Date().toISOString(), principal: principal.arn, ...call };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
