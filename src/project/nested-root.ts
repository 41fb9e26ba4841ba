// A root project inside another: regenerated with the outer one, and whole when its folder is taken out alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Component } from 'projen/lib/component';
import type { Project } from 'projen/lib/project';

export class NestedRoot extends Component {
  constructor(
    project: Project,
    private readonly nested: Project,
  ) {
    super(project);
    project.addExcludeFromCleanup(`${nested.outdir}/**`);
  }

  override synthesize(): void {
    const installed = existsSync(join(this.nested.outdir, 'node_modules'));
    const before = process.env.PROJEN_DISABLE_POST;
    // What nobody has installed there, regenerating does not install.
    if (!installed) process.env.PROJEN_DISABLE_POST = 'true';
    try {
      this.nested.synth();
    } finally {
      if (before === undefined) delete process.env.PROJEN_DISABLE_POST;
      else process.env.PROJEN_DISABLE_POST = before;
    }
  }
}
