// `.projenrc.ts` of a generated root: the definition that everything managed comes from.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from 'projen/lib/project';
import { ProjenrcFile } from 'projen/lib/projenrc';
import { PACKAGE_NAME } from '../package-root';

export interface Definition {
  /** Class that the definition constructs. */
  readonly type: string;
  readonly options: object;
  /** What a reader should know, as the file's first line. */
  readonly about: string;
  /** `once`: when it is missing; `always`: another root owns it; `never`: another file holds the definition. */
  readonly written: 'once' | 'always' | 'never';
}

/** Where a root's definition is. */
export const DEFINITION_FILE = '.projenrc.ts';

export class DefinitionFile extends ProjenrcFile {
  readonly filePath = DEFINITION_FILE;

  constructor(
    project: Project,
    private readonly definition: Definition,
  ) {
    super(project);
  }

  override synthesize(): void {
    if (this.definition.written === 'never') return;
    writeFileSync(join(this.project.outdir, this.filePath), definitionSource(this.definition));
  }
}

/** The TypeScript of a definition. */
export function definitionSource({ type, options, about }: Definition): string {
  const lines = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}: ${literal(value)},`);
  return [
    `// ${about}`,
    `import { ${type} } from '${PACKAGE_NAME}';`,
    '',
    `const project = new ${type}({`,
    ...lines,
    '});',
    '',
    'project.synth();',
    '',
  ].join('\n');
}

/** A value as a literal of TypeScript. JSON is one, but reads worse. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${literal(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return JSON.stringify(value);
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
