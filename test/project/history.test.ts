import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DroneMlopsProject } from '../../src/project';
import { BASE_FILE, HandEditsError } from '../../src/upgrade';
import { temporaryFolder } from '../folder';

process.env.PROJEN_DISABLE_POST = 'true';

/** A project as 0.0.9 generated it: without a base, the team's dependency noted in projen's record. */
function beforeTheBase(version: string): string {
  const outdir = temporaryFolder();
  new DroneMlopsProject({ projectName: 'drone-demo', outdir, generator: { version } }).synth();
  for (const root of [outdir, join(outdir, 'model-build')]) rmSync(join(root, BASE_FILE));
  edit(join(outdir, 'package.json'), ({ devDependencies, ...rest }) => ({
    ...rest,
    devDependencies: { ...(devDependencies as object), 'left-pad': '1.3.0', typescript: '5.0.0', old: '1.0.0' },
  }));
  edit(join(outdir, '.projen', 'deps.json'), ({ dependencies }) => ({
    dependencies: [
      ...(dependencies as { name: string }[]),
      { name: 'left-pad', version: '1.3.0', type: 'build', metadata: { owner: 'team' } },
      { name: 'old', version: '1.0.0', type: 'build' },
    ],
  }));
  return outdir;
}

function edit(file: string, change: (value: Record<string, unknown>) => object): void {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  rmSync(file);
  writeFileSync(file, JSON.stringify(change(value), null, 2));
}

describe('a project of before there was a base', () => {
  test('is taken over: managed files are rewritten, our dependencies updated or dropped, the team’s kept', () => {
    const outdir = beforeTheBase('0.0.9');
    const project = new DroneMlopsProject({ projectName: 'drone-demo', epochs: 7, outdir });
    project.synth();
    expect(readFileSync(join(outdir, 'model-build', 'drone-mlops.json'), 'utf8')).toContain('"epochs": 7');
    const { devDependencies } = JSON.parse(readFileSync(join(outdir, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies).toMatchObject({ 'left-pad': '1.3.0', typescript: '6.0.3' });
    expect(devDependencies).not.toHaveProperty('old');
    expect(project.report?.changes[0]?.why).toMatch(/^migration to 0\.1\.0: took over/);
    expect(existsSync(join(outdir, BASE_FILE))).toBe(true);
  });

  test('is not what a project is whose base was lost: there, nothing counts as untouched', () => {
    const outdir = beforeTheBase('0.1.0');
    expect(() => {
      new DroneMlopsProject({ projectName: 'drone-demo', epochs: 7, outdir }).synth();
    }).toThrow(HandEditsError);
  });
});
