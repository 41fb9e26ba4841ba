import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findArtifacts } from '../../../../src/rehearsal/region/codebuild/artifact-files';
import { temporaryFolder } from '../start';

const WANTED = { files: ['**/*'], exclude: [] as string[], baseDirectory: '.', discardPaths: false };

function folder(): string {
  const root = temporaryFolder();
  for (const file of ['a.txt', '.hidden', 'dist/b.js', 'dist/deep/c.js', 'dist/deep/c.map']) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  return root;
}
const paths = (wanted: Partial<typeof WANTED>) =>
  findArtifacts(folder(), { ...WANTED, ...wanted }).map(({ path }) => path);

describe('the artifacts of a build', () => {
  test.each([
    [{}, ['.hidden', 'a.txt', 'dist/b.js', 'dist/deep/c.js', 'dist/deep/c.map']],
    [{ files: ['*.txt'] }, ['a.txt']],
    [{ files: ['dist/*'] }, ['dist/b.js']],
    [{ files: ['**/*.js'], baseDirectory: 'dist' }, ['b.js', 'deep/c.js']],
    [{ files: ['dist/**/*'], exclude: ['**/*.map'] }, ['dist/b.js', 'dist/deep/c.js']],
    [{ files: ['dist/deep/c.?s'], discardPaths: true }, ['c.js']],
  ])('%j are %j', (wanted, expected) => {
    expect(paths(wanted)).toEqual(expected);
  });

  test('have to be there', () => {
    expect(() => paths({ files: ['*.zip'] })).toThrow('no matching artifact paths found for *.zip');
    expect(() => paths({ baseDirectory: 'out' })).toThrow('no matching base directory path found for out');
    expect(() => paths({ baseDirectory: '../..' })).toThrow('no matching base directory path found for ../..');
  });
});
