// A run's journal on disk: what was told, in order, with its artifacts beside it. It is there before anything is sent.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { entrySchema, lineOf, runHeader, type Entry, type RunHeader } from './entry';

/** A folder holds no journal that could be read. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Names a journal's file in its folder. */
export const JOURNAL_FILE = 'journal.jsonl';
/** How much of a journal is in memory at a time, in bytes. */
const WINDOW = 1 << 20;

/** Entries that one look at the journal gives; as many as one request could take. */
const AT_A_TIME = 1000;

export interface PlacedEntry {
  readonly entry: Entry;
  /** Where the next one begins, in bytes. */
  readonly end: number;
}

export class Journal {
  private artifacts = 0;

  private constructor(
    readonly folder: string,
    readonly header: RunHeader,
    private readonly file: number,
    /** Where the first entry begins. */
    readonly begin: number,
    private length: number,
  ) {}

  /** Begins a journal in a folder that need not be there. */
  static begin(folder: string, header: RunHeader): Journal {
    mkdirSync(folder, { recursive: true });
    const file = openSync(join(folder, JOURNAL_FILE), 'w+');
    const bytes = writeSync(file, `${lineOf(header)}\n`);
    return new Journal(folder, header, file, bytes, bytes);
  }

  /**
   * A journal that an earlier process left; a last line that it did not finish is cut off.
   * @throws JournalError
   */
  static open(folder: string): Journal {
    const path = join(folder, JOURNAL_FILE);
    if (!existsSync(path))
      throw new JournalError(`${folder} holds no ${JOURNAL_FILE}: name a folder that tracking left.`);
    const text = readFileSync(path, 'utf8');
    const first = text.slice(0, text.indexOf('\n') + 1);
    const header = runHeader.safeParse(parse(first));
    if (!header.success) throw new JournalError(`${path} does not begin with a run: it is not one of ours.`);
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
    return new Journal(folder, header.data, openSync(path, 'r+'), Buffer.byteLength(first), whole);
  }

  append(entry: Entry): void {
    this.length += writeSync(this.file, `${lineOf(entry)}\n`, this.length);
  }

  /** Keeps an artifact's bytes, then the entry that names them. */
  appendArtifact(path: string, bytes: Uint8Array): void {
    this.artifacts += 1;
    const file = `artifact-${this.artifacts}`;
    writeFileSync(join(this.folder, file), bytes);
    this.append({ kind: 'artifact', path, file });
  }

  /** @returns the bytes of an artifact; undefined when they are gone */
  artifact(file: string): Uint8Array | undefined {
    const path = join(this.folder, file);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  /** Entries from a place on: some of them, when they are many. None at the end. */
  read(from: number): readonly PlacedEntry[] {
    const size = this.length - from;
    for (let window = WINDOW; ; window *= 2) {
      const bytes = Buffer.alloc(Math.min(window, size));
      readSync(this.file, bytes, 0, bytes.length, from);
      const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
      if (whole.length === 0 && bytes.length < size) continue; // one line is longer than the window
      const entries: PlacedEntry[] = [];
      let end = from;
      for (const line of whole.toString().split('\n', AT_A_TIME)) {
        if (line === '') break; // behind the last one
        end += Buffer.byteLength(line) + 1;
        const entry = entrySchema.safeParse(parse(line));
        if (entry.success) entries.push({ entry: entry.data, end });
      }
      return entries;
    }
  }

  /** Leaves the journal on disk. */
  close(): void {
    fsyncSync(this.file);
    closeSync(this.file);
  }

  /** Everything was delivered. */
  remove(): void {
    closeSync(this.file);
    rmSync(this.folder, { recursive: true });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
