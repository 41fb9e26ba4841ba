// A root project inside another: regenerated with the outer one, and whole when its folder is taken out alone.
import { join, relative, sep } from 'node:path';
import type { Project } from 'projen';
import { Component } from 'projen/lib/component';
import type { RenderedRoot } from '../upgrade';

/** A project that can be rendered, of the nested one's kind. */
export interface InnerRoot extends Project {
  /** Renders the project, and those inside it, into a folder; its own comes first. */
  render(into: string): RenderedRoot[];
}

export class NestedRoot extends Component {
  /** Below the outer root, with `/`. */
  readonly folder: string;
  private rendered: RenderedRoot | undefined;

  constructor(
    project: Project,
    readonly nested: InnerRoot,
  ) {
    super(project);
    this.folder = relative(project.outdir, nested.outdir).replaceAll(sep, '/');
  }

  override synthesize(): void {
    const [root] = this.nested.render(join(this.project.outdir, this.folder));
    this.rendered = root && { ...root, folder: this.folder };
  }

  /** What the outer project's rendering made of it. */
  get root(): RenderedRoot {
    if (!this.rendered) throw new Error(`${this.folder} has not been rendered.`);
    return this.rendered;
  }
}
