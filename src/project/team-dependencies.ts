// Dependencies that the team added with `npm install`: kept, where projen would remove what .projenrc.ts does not name.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Component } from 'projen/lib/component';
import { type Dependency, DependencyType } from 'projen/lib/dependencies';
import type { NodeProject } from 'projen/lib/javascript';

/** How `.projen/deps.json` tells the team's dependencies from ours. */
const OWNER = { owner: 'team' };

const SECTIONS = [
  ['dependencies', DependencyType.RUNTIME],
  ['devDependencies', DependencyType.BUILD],
] as const;

/**
 * Takes over each dependency of package.json that is not ours: neither now, nor at the last synthesis (`.projen/deps.json`),
 * so that one which a later version of the generator no longer needs goes.
 */
export class TeamDependencies extends Component {
  constructor(private readonly node_: NodeProject) {
    super(node_);
  }

  override preSynthesize(): void {
    const manifest = readJson(join(this.project.outdir, 'package.json'));
    const recorded = readJson(join(this.project.outdir, '.projen', 'deps.json')).dependencies;
    // Written by projen, of projen's type.
    const before = (recorded ?? []) as readonly Dependency[];
    for (const [section, type] of SECTIONS) {
      // npm keeps names and specifications here.
      for (const [name, spec] of Object.entries((manifest[section] ?? {}) as Record<string, string>)) {
        const ours = [...before.filter(({ metadata }) => metadata?.owner !== OWNER.owner), ...this.node_.deps.all];
        if (!ours.some((dependency) => dependency.name === name)) {
          this.node_.deps.addDependency(`${name}@${spec}`, type, OWNER);
        }
      }
    }
  }
}

function readJson(file: string): Record<string, unknown> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
}
