// Runs a Python program as a child process, line by line; the one file of this package that starts a process.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { StepError } from '../../sagemaker';

export interface PythonRun {
  /** The interpreter: a path, or a name to find in PATH. */
  readonly python: string;
  readonly args: readonly string[];
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Its abortion sends SIGTERM. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when the program has ended well, also when it was told to stop and had only to finish.
 * @throws StepError that quotes the program's last words, or `signal.reason` when it was stopped
 */
export async function runPython({ python, args, onLine, signal }: PythonRun): Promise<void> {
  const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  let lastError = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    onLine(line, 'stdout');
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.trim() !== '') lastError = line.trim();
    onLine(line, 'stderr');
  });
  try {
    const ended = await new Promise<string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killer) => {
        resolve(code === 0 ? null : killer === null ? `exit code ${code ?? 1}` : killer);
      });
    });
    if (ended === null) return;
    signal.throwIfAborted();
    throw new StepError(`${args[0] ?? python} ended with ${ended}: ${lastError || 'it said nothing'}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new StepError(
      `${python} was not found: run this trainer in the training image, name the interpreter in DRONE_MLOPS_PYTHON, or ` +
        'choose the baseline trainer.',
    );
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
