// An object store for tests that need no server.
import type { ObjectStore } from '../../src/dataset';

/** A bucket in memory. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Keys in the order in which they were written. */
  readonly written: string[] = [];

  exists(key: string): Promise<boolean> {
    return Promise.resolve(this.objects.has(key));
  }
  create(key: string, body: Buffer): Promise<boolean> {
    return this.objects.has(key) ? Promise.resolve(false) : this.replace(key, body).then(() => true);
  }
  replace(key: string, body: Buffer): Promise<void> {
    this.objects.set(key, body);
    this.written.push(key);
    return Promise.resolve();
  }
  read(key: string): Promise<string | null> {
    return Promise.resolve(this.objects.get(key)?.toString() ?? null);
  }
  folders(): Promise<string[]> {
    return Promise.resolve([]);
  }
}
