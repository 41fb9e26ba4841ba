// The few things that a transaction does to a disk, so that tests can interrupt it at each.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';

export interface Disk {
  exists(file: string): boolean;
  /** Nothing, where there is no regular file. */
  read(file: string): Buffer | undefined;
  write(file: string, bytes: Buffer, access: Access): void;
  rename(from: string, to: string): void;
  makeFolder(dir: string): void;
  removeFile(file: string): void;
  removeFolder(dir: string): void;
  /** @returns whether it was empty, and is gone */
  removeEmptyFolder(dir: string): boolean;
}

/** Who may do what with a file, beyond what the system gives any new file. */
export interface Access {
  readonly executable: boolean;
  readonly readonly: boolean;
}

const READ_ONLY = 0o444;

export const disk: Disk = {
  exists: existsSync,
  read(file) {
    if (!existsSync(file)) return undefined; // cheaper than what reading would throw
    try {
      return readFileSync(file);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) return undefined;
      throw error;
    }
  },
  write(file, bytes, { executable, readonly }) {
    writeFileSync(file, bytes, { mode: executable ? 0o777 : 0o666, flush: false });
    if (readonly) chmodSync(file, READ_ONLY);
  },
  rename: renameSync,
  makeFolder(dir) {
    mkdirSync(dir, { recursive: true });
  },
  removeFile(file) {
    rmSync(file, { force: true });
  },
  removeFolder(dir) {
    rmSync(dir, { recursive: true, force: true });
  },
  removeEmptyFolder(dir) {
    try {
      rmdirSync(dir);
      return true;
    } catch {
      return false; // it holds something
    }
  },
};
