// Two versions of the package as users meet them: each packed, the second with changes of every kind.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/project';
import { manifestOf, pack, succeed } from './packed';

/** What an upgrade meets in each of the seed's files: the first 0.1.0, the second 0.2.0. */
const SEED = 'package/seed-code/model-build';

/** Bytes that are no text. */
export const binary = (n: number): Buffer => Buffer.from([0x89, 0x50, 0, n]);

/** @returns the tarballs of 0.1.0 and 0.2.0 */
export async function packVersions(work: string): Promise<{ first: string; second: string }> {
  const { tarball } = await pack(PACKAGE_ROOT, work);
  const unpack = async (version: string): Promise<string> => {
    const dir = join(work, version);
    mkdirSync(dir);
    await succeed('tar', ['-xzf', tarball, '-C', dir], { cwd: work });
    const manifest = join(dir, 'package');
    writeFileSync(join(manifest, 'package.json'), JSON.stringify({ ...manifestOf(manifest), version }, null, 2));
    writeFileSync(join(dir, SEED, 'training', 'example.bin'), binary(1));
    writeFileSync(join(dir, SEED, 'training', 'goes.txt'), 'goes\n');
    writeFileSync(join(dir, SEED, 'training', 'edited-goes.txt'), 'goes\n');
    return dir;
  };
  const first = await unpack('0.1.0');
  const second = await unpack('0.2.0');
  change(second);
  return {
    first: (await pack(join(first, 'package'), first)).tarball,
    second: (await pack(join(second, 'package'), second)).tarball,
  };
}

/** Changes of the second version: a text, a binary, a file gone, one renamed, one new, a script, and the changelog. */
function change(dir: string): void {
  const seed = join(dir, SEED);
  edit(join(seed, 'src', 'main.ts'), (text) => `// version 0.2.0\n${text}`);
  edit(join(seed, 'training', 'train.py'), (text) => `${text}\n# the end of 0.2.0\n`);
  writeFileSync(join(seed, 'training', 'example.bin'), binary(2));
  rmSync(join(seed, 'training', 'goes.txt'));
  rmSync(join(seed, 'training', 'edited-goes.txt'));
  renameSync(join(seed, 'src', 'markup.ts'), join(seed, 'src', 'marks.ts'));
  writeFileSync(join(seed, 'src', 'new-in-two.ts'), 'export {};\n');
  const lib = join(dir, 'package', 'lib', 'project');
  edit(join(lib, 'history.js'), (text) =>
    text.replace(
      "'model-build': []",
      "'model-build': [{ version: '0.2.0', from: 'src/markup.ts', to: 'src/marks.ts' }]",
    ),
  );
  edit(join(lib, 'drone-mlops-project.js'), (text) =>
    text.replace("rehearse: '", "two: 'echo two',\n                rehearse: '"),
  );
  edit(join(lib, 'model-build-config.js'), (text) =>
    text.replace('projectName:', 'second: true,\n        projectName:'),
  );
  writeFileSync(
    join(dir, 'package', 'CHANGELOG.md'),
    '# Changelog\n\n## 0.2.0\n\n- Everything is second.\n\n## 0.1.0\n\n- The first.\n',
  );
}

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} has nothing of what version two changes.`);
  writeFileSync(file, after);
}
