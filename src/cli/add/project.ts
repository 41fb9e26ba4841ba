// The project that something is added to: its definition, and the model-build package that the definition makes.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { STEP_KINDS } from '../../options';
import { UsageError } from '../usage';

export interface FoundProject {
  /** Folder of the `.projenrc.ts` that defines it. */
  readonly root: string;
  readonly definition: string;
  readonly modelBuild: string;
  /** What the model-build package was generated with last. */
  readonly config: z.infer<typeof config>;
}

const config = z.looseObject({
  classes: z.array(z.string()),
  steps: z.array(z.object({ name: z.string(), after: z.string(), kind: z.enum(STEP_KINDS) })),
});

/**
 * Finds the project in a folder. A model-build package inside of its platform is defined there, not in its own folder.
 * @throws UsageError when there is none
 */
export function findProject(folder: string): FoundProject {
  const here = resolve(folder);
  const above = dirname(here);
  const root =
    isPlatform(above) && existsSync(join(above, 'model-build')) && here.endsWith('model-build') ? above : here;
  const modelBuild = isPlatform(root) ? join(root, 'model-build') : root;
  const file = join(modelBuild, 'drone-mlops.json');
  if (!existsSync(join(root, '.projenrc.ts')) || !existsSync(file)) {
    throw new UsageError(`${here} is no project of this generator: go to its folder, or name it with --project.`);
  }
  return {
    root,
    definition: join(root, '.projenrc.ts'),
    modelBuild,
    config: config.parse(JSON.parse(readFileSync(file, 'utf8'))),
  };
}

function isPlatform(folder: string): boolean {
  const file = join(folder, '.projenrc.ts');
  return existsSync(file) && readFileSync(file, 'utf8').includes('DroneMlopsProject');
}
