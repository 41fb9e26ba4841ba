// Files that belong to the team: written when the project is created, never again.
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Component } from 'projen/lib/component';
import type { Project } from 'projen/lib/project';

/** What lies in a seed package's folder and is not seed: its installation and its build. */
const NOT_SEED = new Set(['node_modules', 'dist', 'vendor', 'package-lock.json']);

/**
 * Writes the team's files when the project is created: when projen has no record of an earlier synthesis. What the team
 * changes or deletes afterwards stays changed or deleted.
 */
export class OwnedFiles extends Component {
  private readonly creation: boolean;
  private readonly folders: string[] = [];
  private readonly texts = new Map<string, string>();

  constructor(project: Project) {
    super(project);
    this.creation = !existsSync(join(project.outdir, '.projen', 'files.json'));
  }

  /** Adds each file below a folder, save those that are managed in this project, and hidden ones. */
  addFolder(source: string): void {
    this.folders.push(source);
  }

  addText(path: string, text: string): void {
    this.texts.set(path, text);
  }

  override synthesize(): void {
    if (!this.creation) return;
    const managed = new Set(this.project.files.map(({ path }) => path));
    for (const folder of this.folders) {
      for (const source of filesBelow(folder)) {
        const path = relative(folder, source);
        if (!managed.has(path)) copyFileSync(source, this.place(path));
      }
    }
    for (const [path, text] of this.texts) writeFileSync(this.place(path), text);
  }

  private place(path: string): string {
    const file = join(this.project.outdir, path);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  }
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_SEED.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}
