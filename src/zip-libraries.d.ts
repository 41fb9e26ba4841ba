// The parts of yazl and yauzl that are used here; neither comes with types.
declare module 'yazl' {
  export class ZipFile {
    readonly outputStream: NodeJS.ReadableStream;
    addBuffer(
      bytes: Buffer,
      path: string,
      options?: { mtime?: Date; mode?: number; forceDosTimestamp?: boolean; compressionLevel?: number },
    ): void;
    end(): void;
  }
}

declare module 'yauzl' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  export interface Entry {
    readonly fileName: string;
    /** The upper half holds the file's mode. */
    readonly externalFileAttributes: number;
  }
  export interface ZipFile extends EventEmitter {
    readEntry(): void;
    openReadStream(entry: Entry, answer: (error: Error | null, stream: Readable) => void): void;
  }
  /** Refuses paths that lead out of the folder, as entries are read. */
  export function fromBuffer(
    bytes: Buffer,
    options: { readonly lazyEntries: true },
    answer: (error: Error | null, zip: ZipFile) => void,
  ): void;
}
