// Every permission that calls have needed, as lines of JSON: what a test replays against the roles' own policies.
import { appendFileSync } from 'node:fs';
import type { Access } from '../service';
import type { Principal } from './principals';

/** One line of the log. */
export interface LoggedCall {
  /** ISO 8601. */
  readonly at: string;
  /** ARN of the role, or of the person who holds the region's own key. */
  readonly principal: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export class CallLog {
  constructor(readonly file: string) {}

  write(principal: Principal, { action, resources, context = {} }: Access): void {
    const line: LoggedCall = { at: new Date().toISOString(), principal: principal.arn, action, resources, context };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
