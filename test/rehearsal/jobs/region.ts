// A folder that stands for S3 and a runtime for the jobs' tests, whose bundles are a few lines of JavaScript.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { glob } from './glob';
import type { JobRuntime, LogLine, ObjectStore } from '../../../src/rehearsal/jobs';

export const LAUNCHER = resolve(__dirname, '../../../seed-code/platform/images/launcher/launcher.cjs');
export const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/rehearsal/node:1';

export interface Region {
  readonly folder: string;
  readonly runtime: JobRuntime;
  readonly lines: LogLine[];
  put(uri: string, text: string): Promise<void>;
  get(uri: string): Promise<string>;
  /** Every URI, sorted. */
  objects(): Promise<string[]>;
  /** The file that an object is kept in. */
  file(uri: string): string;
  remove(): Promise<void>;
}

export async function region(more: Partial<JobRuntime> = {}): Promise<Region> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-test-'));
  const objects = join(folder, 's3');
  await mkdir(objects);
  const file = (uri: string): string => join(objects, uri.replace('s3://', ''));
  const uris = async (): Promise<string[]> => (await glob(objects)).map((path) => `s3://${relative(objects, path)}`);
  const store: ObjectStore = {
    async *list(prefix) {
      for (const uri of await uris()) if (uri.startsWith(prefix)) yield { uri, size: 0 };
    },
    download: (uri, to) => copyFile(file(uri), to),
    async upload(from, uri) {
      await mkdir(dirname(file(uri)), { recursive: true });
      await copyFile(from, file(uri));
    },
    delete: (uri) => rm(file(uri)),
  };
  const lines: LogLine[] = [];
  return {
    folder,
    lines,
    file,
    runtime: {
      folder: join(folder, 'jobs'),
      store,
      image: (uri) => (uri === IMAGE ? { nodePath: join(folder, 'node_modules'), launcher: LAUNCHER } : undefined),
      environment: { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'rehearsal' },
      onLog: (_job, line) => lines.push(line),
      ...more,
    },
    async put(uri, text) {
      await mkdir(dirname(file(uri)), { recursive: true });
      await writeFile(file(uri), text);
    },
    get: (uri) => readFile(file(uri), 'utf8'),
    objects: uris,
    remove: () => rm(folder, { recursive: true }),
  };
}

/** The region, with no patience for containers that do not end. */
export function impatient(of: Region): Region {
  return { ...of, runtime: { ...of.runtime, graceSeconds: 0.1 } };
}

export const forever = 'setInterval(() => {}, 1000);';
/** An abort signal that no one aborts. */
export const never = new AbortController().signal;
