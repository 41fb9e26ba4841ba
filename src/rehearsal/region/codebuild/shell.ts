// The shell of a build: runs commands one after the other in one shell, so that variables, functions and the folder last.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../../../process';

export interface ShellOptions {
  readonly shell: 'sh' | 'bash';
  /** Folder of the shell's own files; nothing else is in it. */
  readonly folder: string;
  /** Where the first command starts. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Names of variables whose values are wanted afterwards. */
  readonly exported: readonly string[];
  readonly onText: (text: string) => void;
  /** Aborting it ends what runs, and what bash says of that is not told. */
  readonly signal: AbortSignal;
}

/** The command that failed, and its exit code; null when a signal ended it. */
export interface CommandFailure {
  readonly index: number;
  readonly code: number | null;
}

export interface Shell {
  /**
   * Runs commands until one fails.
   * @param settings exported before the first
   * @param onCommand told the index of each as it begins
   * @returns undefined when none failed
   */
  run(
    commands: readonly string[],
    settings: Readonly<Record<string, string>>,
    onCommand: (index: number) => void,
  ): Promise<CommandFailure | undefined>;
  /** Those of the `exported` variables that are set, as the last command left them. */
  exportedValues(): Readonly<Record<string, string>>;
}

/** Read-only variables, and those that bash sets itself. */
const NOT_CARRIED = '^declare -[A-Za-z-]*r|^declare -[A-Za-z-]+ (BASH[A-Z_]*|DIRSTACK|FUNCNAME|PIPESTATUS|_)(=|$)';

/**
 * A command that fails, or calls `exit`, ends the process; what it and those before it had set is taken over by the next.
 * `sh` is bash in its POSIX mode, as on CodeBuild's Amazon Linux.
 */
export function buildShell({ shell, folder, cwd, environment, exported, onText, signal }: ShellOptions): Shell {
  const file = (name: string): string => join(folder, name);
  const values = file('exported');
  writeFileSync(file('state'), `cd -- ${quoted(cwd)}\n`);

  const program = (count: number, settings: Readonly<Record<string, string>>, mark: string): string =>
    [
      'exec 2>&1',
      '__leave() {',
      '  __code=$?',
      `  { declare -p | grep -vE ${quoted(NOT_CARRIED)}; declare -f; printf 'cd -- %q\\n' "$PWD"; } >${quoted(file('state'))}`,
      '  {',
      ...exported.map((name) => `    [ -z "\${${name}+set}" ] || printf '%s=%s\\0' ${name} "$${name}"`),
      `    :; } >${quoted(values)}`,
      '  exit $__code',
      '}',
      `. ${quoted(file('state'))} 2>/dev/null`,
      'trap __leave EXIT',
      ...Object.entries(settings).map(([name, value]) => `export ${name}=${quoted(value)}`),
      ...Array.from({ length: count }, (_, index) => [
        `printf %s ${quoted(`${mark}${index};`)}`,
        `eval "$(cat ${quoted(file(`command-${index}`))})"`,
        '__code=$?; [ $__code = 0 ] || exit $__code',
      ]).flat(),
      `printf %s ${quoted(`${mark}${count};`)}`,
      '',
    ].join('\n');

  return {
    async run(commands, settings, onCommand) {
      if (commands.length === 0) return undefined;
      const mark = `<${randomBytes(8).toString('hex')}:`;
      commands.forEach((command, index) => {
        writeFileSync(file(`command-${index}`), `${command}\n`);
      });
      writeFileSync(file('program'), program(commands.length, settings, mark));
      let current = 0;
      const tell = (text: string): void => {
        if (!signal.aborted) onText(text);
      };
      const reader = markReader(mark, tell, (index) => {
        current = index;
        if (index < commands.length) onCommand(index);
      });
      const mode = shell === 'sh' ? ['--posix'] : [];
      const { exited } = start('bash', [...mode, file('program')], {
        cwd,
        env: environment,
        signal,
        onStdout: reader.read,
      });
      const { code } = await exited;
      reader.end();
      return current === commands.length ? undefined : { index: current, code };
    },
    exportedValues() {
      if (!existsSync(values)) return {};
      const entries = readFileSync(values, 'utf8').split('\0').slice(0, -1);
      return Object.fromEntries(
        entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
      );
    },
  };
}

/** Takes the marks that tell where a command begins out of what the shell says. */
function markReader(mark: string, onText: (text: string) => void, onMark: (index: number) => void) {
  let rest = '';
  return {
    read: (text: string): void => {
      rest += text;
      for (;;) {
        const at = rest.indexOf(mark);
        const end = at === -1 ? -1 : rest.indexOf(';', at);
        if (end === -1) break;
        if (at > 0) onText(rest.slice(0, at));
        onMark(Number(rest.slice(at + mark.length, end)));
        rest = rest.slice(end + 1);
      }
      // What may be the beginning of a mark waits for what comes next.
      const held = rest.lastIndexOf('<');
      const kept =
        held !== -1 && (mark.startsWith(rest.slice(held)) || rest.slice(held).startsWith(mark)) ? held : rest.length;
      if (kept > 0) onText(rest.slice(0, kept));
      rest = rest.slice(kept);
    },
    end: (): void => {
      if (rest !== '') onText(rest);
    },
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
