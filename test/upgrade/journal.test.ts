import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_FILE, PENDING_FOLDER, recover } from '../../src/upgrade';
import { type Disk, disk } from '../../src/upgrade/disk';
import { commit } from '../../src/upgrade/journal';
import type { Action } from '../../src/upgrade/plan';
import { filesIn, temporaryFolder } from '../folder';
import { put, text } from './project';

class Killed extends Error {}

/** A disk that dies before its nth change, or in the middle of it where that is a write. */
function dying(after: number, torn: boolean): Disk {
  let left = after;
  const change =
    <T extends unknown[], R>(act: (...args: T) => R, tear?: (...args: T) => void) =>
    (...args: T): R => {
      if (left === 0) {
        if (torn) tear?.(...args);
        throw new Killed();
      }
      left -= 1;
      return act(...args);
    };
  return {
    exists: disk.exists.bind(disk),
    read: disk.read.bind(disk),
    write: change(disk.write.bind(disk), (file, bytes, access) => {
      disk.write(file, bytes.subarray(0, bytes.length / 2), access);
    }),
    rename: change(disk.rename.bind(disk)),
    makeFolder: change(disk.makeFolder.bind(disk)),
    removeFile: change(disk.removeFile.bind(disk)),
    removeFolder: change(disk.removeFolder.bind(disk)),
    removeEmptyFolder: change(disk.removeEmptyFolder.bind(disk)),
  };
}

const write = (path: string, content: string, readonly = false): Action => ({
  do: 'write',
  path,
  bytes: Buffer.from(content),
  executable: false,
  readonly,
});

const ACTIONS: readonly Action[] = [
  write('a.ts', 'new a\n'),
  write('deep/er/b.ts', 'new b\n'),
  write('managed.json', 'new\n', true),
  { do: 'remove', path: 'old/c.ts' },
  write('model-build/d.ts', 'new d\n'),
  write(BASE_FILE, 'the base\n'),
];

function project(): string {
  const dir = temporaryFolder();
  for (const path of ['a.ts', 'managed.json', 'old/c.ts', 'model-build/d.ts', BASE_FILE])
    put(dir, path, `old ${path}\n`);
  return dir;
}

/** How many changes a commit makes of the disk. */
function changesOfCommit(): number {
  let count = 0;
  const counting = new Proxy(disk, {
    get(target, name: keyof Disk) {
      if (name !== 'read' && name !== 'exists') count += 1;
      return target[name].bind(target);
    },
  });
  commit(project(), ACTIONS, counting);
  return count;
}

describe('a commit', () => {
  test('that is killed at any change of the disk leaves all or nothing to the next run, which ends with the same bytes', () => {
    const whole = project();
    commit(whole, ACTIONS);
    const changes = changesOfCommit();
    expect(changes).toBeGreaterThan(20);
    for (const torn of [false, true]) {
      for (let n = 0; n < changes; n++) {
        // GIVEN a run that died
        const dir = project();
        const before = filesIn(dir);
        expect(() => {
          commit(dir, ACTIONS, dying(n, torn));
        }).toThrow(Killed);
        // WHEN
        expect(recover(dir)).toEqual([]);
        // THEN
        expect([before, filesIn(whole)]).toContainEqual(filesIn(dir));
        expect(existsSync(join(dir, PENDING_FOLDER))).toBe(false);
        commit(dir, ACTIONS);
        expect(filesIn(dir)).toEqual(filesIn(whole));
      }
    }
  });

  test('that is killed again while it is being finished converges all the same', () => {
    const whole = project();
    commit(whole, ACTIONS);
    const changes = changesOfCommit();
    for (let n = ACTIONS.length + 3; n < changes; n++) {
      for (let m = 0; m < changes - n; m++) {
        const dir = project();
        expect(() => {
          commit(dir, ACTIONS, dying(n, true));
        }).toThrow(Killed);
        try {
          recover(dir, dying(m, true));
        } catch (error) {
          expect(error).toBeInstanceOf(Killed);
        }
        recover(dir);
        expect([filesIn(project()), filesIn(whole)]).toContainEqual(filesIn(dir));
      }
    }
  });

  test('that is finished after the team went on keeps what the team wrote, and lays ours beside it', () => {
    // GIVEN a run that died after it had placed two files
    const dir = project();
    expect(() => {
      commit(dir, ACTIONS, dying(ACTIONS.length + 6, false));
    }).toThrow(Killed);
    put(dir, 'managed.json', 'the team’s\n');
    put(dir, 'old/c.ts', 'the team’s\n');
    // WHEN
    const kept = recover(dir);
    // THEN
    expect(kept).toEqual(['managed.json']);
    expect(text(dir, 'managed.json.new')).toBe('new\n');
    expect(Buffer.from(text(dir, 'old/c.ts'), 'latin1').toString()).toBe('the team’s\n');
    expect(text(dir, BASE_FILE)).toBe('the base\n');
  });
});
