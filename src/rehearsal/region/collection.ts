// Resources of one kind: a JSON file each, written by rename, so that a reader finds the old or the new one whole.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a file holds. */
interface Entry<T> {
  readonly name: string;
  readonly resource: T;
}

/** A file name may have 255 bytes, and names of resources come close. */
const LONGEST_FILE_NAME = 200;

export class Collection<T> {
  private readonly resources = new Map<string, T>();

  /** Reads what is in `folder`, or makes it. */
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
      const entry = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Entry<T>; // written by `put` alone
      this.resources.set(entry.name, entry.resource);
    }
  }

  get(name: string): T | undefined {
    return this.resources.get(name);
  }

  /** Names with what they name, in no particular order. */
  entries(): [string, T][] {
    return [...this.resources.entries()];
  }

  /** In no particular order. */
  all(): T[] {
    return [...this.resources.values()];
  }

  put(name: string, resource: T): void {
    const file = this.file(name);
    writeFileSync(`${file}.new`, JSON.stringify({ name, resource } satisfies Entry<T>, undefined, 1));
    renameSync(`${file}.new`, file);
    this.resources.set(name, resource);
  }

  delete(name: string): void {
    if (this.resources.delete(name)) rmSync(this.file(name), { force: true });
  }

  private file(name: string): string {
    const encoded = encodeURIComponent(name);
    const short = encoded.length <= LONGEST_FILE_NAME ? encoded : createHash('sha256').update(name).digest('hex');
    return join(this.folder, `${short}.json`);
  }
}
