// Servers that a rehearsal may talk to beside its own.
import { RehearsalError } from './options';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** @throws RehearsalError, since a rehearsal talks to this machine only */
export function checkLoopback(uri: string): void {
  if (URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol) && LOOPBACK.test(new URL(uri).hostname)) return;
  throw new RehearsalError(
    `${uri} is not an MLflow server on this machine: start one with \`mlflow server --host 127.0.0.1 --port 5000\` and give its URL.`,
  );
}
