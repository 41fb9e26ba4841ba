// The model-build package that is rehearsed: its configuration, and whether it can run here.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { missingBinaries } from './images';
import { RehearsalError } from './options';

const packageConfig = z.looseObject({
  projectName: z.string(),
  region: z.string(),
  training: z.looseObject({ trainer: z.string(), acceptUltralyticsLicense: z.boolean().default(false) }),
  images: z.looseObject({ node: z.string().optional(), training: z.string().optional() }).default({}),
  steps: z.array(z.looseObject({ kind: z.string() })).default([]),
});
export type PackageConfig = z.infer<typeof packageConfig>;

/**
 * @param modules the package's `node_modules` folder
 * @throws RehearsalError when there is nothing that could be rehearsed
 */
export async function readPackage(directory: string, modules: string): Promise<PackageConfig> {
  const file = join(directory, 'drone-mlops.json');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new RehearsalError(`${directory} holds no model-build package (drone-mlops.json): name one with --project.`);
  });
  if (!existsSync(modules)) {
    throw new RehearsalError(`The packages of ${directory} are not installed: run \`npm install\` there first.`);
  }
  const missing = missingBinaries(modules);
  if (missing.length > 0) {
    throw new RehearsalError(
      `${missing.join(' and ')} has no binary for ${process.platform} on ${process.arch}: a rehearsal needs Linux or macOS on x64 or arm64 (on Windows, WSL).`,
    );
  }
  try {
    return packageConfig.parse(JSON.parse(text));
  } catch {
    throw new RehearsalError(`${file} is not valid. It is managed: run \`npx projen\` to write it again.`);
  }
}
