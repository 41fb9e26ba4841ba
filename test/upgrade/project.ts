// A small project for tests: a folder, and a template that is a table of texts by path.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DEFAULT_SETTINGS,
  type FileContent,
  type Report,
  type Settings,
  type Template,
  recover,
  regenerate,
} from '../../src/upgrade';

export type Texts = Readonly<Record<string, string | Buffer>>;

/** A template of owned files, at a version; more of it where a test is about that. */
export function templateOf(version: string, owned: Texts, more: Partial<Template> = {}): Template {
  return {
    version,
    managed: new Map(),
    owned: contents(owned),
    once: new Map(),
    mergedByKey: new Map(),
    carried: { files: new Map(), stale: /^$/ },
    renames: [],
    policies: {},
    ...more,
  };
}

export function contents(texts: Texts): Map<string, FileContent> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, { bytes: Buffer.from(text), executable: false }]));
}

/** Managed files of a template. */
export function managed(texts: Texts): Template['managed'] {
  return new Map([...contents(texts)].map(([path, content]) => [path, { ...content, readonly: true }]));
}

/** Brings a folder to a template, as a generated root does. */
export function generate(dir: string, template: Template, settings: Partial<Settings> = {}): Report {
  recover(dir);
  return regenerate(dir, [{ folder: '', template, migrations: [] }], { ...DEFAULT_SETTINGS, ...settings });
}

export function put(dir: string, path: string, text: string | Buffer): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, text);
}

export function text(dir: string, path: string): string {
  return readFileSync(join(dir, path), 'latin1');
}

export function makeExecutable(dir: string, path: string): void {
  chmodSync(join(dir, path), 0o755);
}

/** Text of numbered lines, some of them changed. */
export function lines(count: number, changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, i) => `${changed[i] ?? `line ${i}`}\n`).join('');
}
