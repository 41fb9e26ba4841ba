import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli';
import { filesIn, temporaryFolder } from '../folder';
import { create, fakeHost, withProgram } from './fake-host';

const NEITHER = ['--no-install', '--no-git'];

/** What stands in a folder, the tests' own files aside. */
function visible(dir: string): string[] {
  return readdirSync(dir).filter((name) => name !== '.generator.tgz' && name !== '.bin');
}

describe('create', () => {
  test('generates a project named after its folder, and ends with what comes next and how to do the same again', async () => {
    // WHEN
    const host = fakeHost(temporaryFolder());
    const code = await create(host, 'my-team', ...NEITHER, '--epochs', '7', '--classes', "car,it's");
    // THEN
    expect(code).toBe(0);
    expect(visible(host.cwd)).toEqual(['my-team']);
    expect(readFileSync(join(host.cwd, 'my-team', '.projenrc.ts'), 'utf8')).toContain("projectName: 'my-team',");
    const said = host.printed.join('\n');
    expect(said).toContain('cd my-team && npm install && npm install --prefix model-build && npm run rehearse');
    expect(said).toContain(
      "my-team --yes --project-name my-team --classes 'car,it'\\''s' --epochs 7 --no-install --no-git",
    );
  });

  test('prints a command that generates the same files', async () => {
    const host = fakeHost(temporaryFolder());
    await create(host, 'one', ...NEITHER, '--json', '--gate', 'coco.AP=0.25', '--tags', 'a=b c', '--spot');
    const { command } = JSON.parse(host.printed.join('')) as { command: string };
    const again = fakeHost(temporaryFolder());
    // A shell takes the line apart, as it would for the person who copies it.
    const args = execFileSync('sh', ['-c', `printf '%s\\n' ${command.replace('npx create-drone-mlops', '')}`]);
    expect(await create(again, ...args.toString().trimEnd().split('\n'))).toBe(0);
    expect(filesIn(join(again.cwd, 'one'))).toEqual(filesIn(join(host.cwd, 'one')));
  });

  test('with --json prints one object that lists the files', async () => {
    const host = fakeHost(temporaryFolder());
    await create(host, 'my-team', ...NEITHER, '--json');
    expect(host.printed).toHaveLength(1);
    const result = JSON.parse(host.printed[0] ?? '') as { files: { path: string; bytes: number }[] };
    expect(result).toMatchObject({
      directory: join(host.cwd, 'my-team'),
      written: true,
      installed: false,
      git: 'none',
      notes: [],
    });
    const written = Object.entries(filesIn(join(host.cwd, 'my-team')));
    expect(result.files).toEqual(expect.arrayContaining(written.map(([path, text]) => ({ path, bytes: text.length }))));
    expect(result.files).toHaveLength(written.length);
  });

  test('with --dry-run lists the files and writes nothing', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await create(host, 'a/b', '--dry-run')).toBe(0);
    expect(host.printed.join('\n')).toMatch(/ {2}model-build\/drone-mlops\.json\n/);
    expect(visible(host.cwd)).toEqual([]);
  });

  test('with --diff shows how a folder differs, and writes nothing', async () => {
    // GIVEN a project with a file that was changed, and one that is gone
    const host = fakeHost(temporaryFolder());
    await create(host, 'my-team', ...NEITHER);
    const project = join(host.cwd, 'my-team');
    writeFileSync(join(project, 'README.md'), '# ours\n');
    const before = filesIn(project);
    // WHEN
    host.printed.length = 0;
    expect(await create(host, 'my-team', '--diff', '--epochs', '9')).toBe(0);
    // THEN
    const diff = host.printed.join('\n');
    expect(diff).toMatch(/^-# ours$/m);
    expect(diff).toMatch(/^\+ {2}epochs: 9,$/m);
    expect(diff).not.toContain(host.cwd);
    expect(filesIn(project)).toEqual(before);
  });

  test('reads options from a file; a flag is worth more', async () => {
    const host = fakeHost(temporaryFolder());
    writeFileSync(join(host.cwd, '.options.json'), JSON.stringify({ projectName: 'from-file', epochs: 5, batch: 2 }));
    expect(await create(host, ...NEITHER, '--from-json', '.options.json', '--epochs', '6')).toBe(0);
    const definition = readFileSync(join(host.cwd, 'from-file', '.projenrc.ts'), 'utf8');
    expect(definition).toMatch(/epochs: 6,\n {2}batch: 2,/);
  });

  test.each([
    ['no name', [], /^--project-name is missing\.$/],
    ['a folder that gives no valid name', ['my_team'], /^--project-name is 1 to 32 letters.+ not "my_team"\.$/],
    ['an unknown flag', ['x', '--clases', 'car'], /^unknown option '--clases'.+--help/s],
    ['two folders', ['x', 'y'], /^too many arguments/],
    ['a flag without its value', ['x', '--region'], /^option '--region <text>' argument missing/],
    ['text for a number', ['x', '--epochs', 'many'], /argument 'many' is invalid\. It has to be a whole number;/],
    ['no classes', ['x', '--classes', ''], /^--classes names at least one class/],
    ['two classes with one name', ['x', '--classes', 'car,car'], /^--classes names every class once/],
    ['Ultralytics without its licence', ['x', '--trainer', 'ultralytics'], /^--trainer ultralytics needs its licence/],
    ['a file that is not there', ['x', '--from-json', 'no.json'], /^--from-json .+no\.json cannot be read: .*ENOENT/],
    [
      'a generator that is not there',
      ['x', '--generator-tarball', 'no.tgz'],
      /^--generator-tarball .+no\.tgz does not/,
    ],
  ])('%s is wrong usage: exit code 2, a sentence that names the flag, nothing written', async (_, args, message) => {
    const host = fakeHost(temporaryFolder());
    expect(await main('create-drone-mlops', args, host)).toBe(2);
    expect(host.said).toHaveLength(1);
    expect(host.said[0]).toMatch(message);
    expect(host.printed).toEqual([]);
    expect(visible(host.cwd)).toEqual([]);
  });

  test.each([
    ['an unknown option', '{"clases": []}', /^clases is no option: there are projectName/],
    ['a value against a rule', '{"classes": ["a", "a"]}', /^--classes names every class once/],
    ['a list', '[]', /holds no object of options by name/],
    ['no JSON', '{', /cannot be read: .*JSON/],
  ])('a file of options with %s is wrong usage', async (_, text, message) => {
    const host = fakeHost(temporaryFolder());
    writeFileSync(join(host.cwd, '.options.json'), text);
    expect(await create(host, 'x', '--from-json', '.options.json')).toBe(2);
    expect(host.said[0]).toMatch(message);
  });

  test('with --json an error is an object too', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await create(host, '--json')).toBe(2);
    expect(JSON.parse(host.printed.join(''))).toEqual({ error: '--project-name is missing.' });
  });

  test('help explains every flag, and the version is this package’s', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await create(host, '--help')).toBe(0);
    expect(host.printed.join('\n')).toMatch(/--tile-overlap <number> +Share of a tile/);
    host.printed.length = 0;
    expect(await create(host, '--version')).toBe(0);
    expect(host.printed.join()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the folder of a new project', () => {
  test('that holds something is refused by the names of what stands in the way', async () => {
    const host = fakeHost(temporaryFolder());
    mkdirSync(join(host.cwd, 'full'));
    for (let i = 0; i < 12; i++) writeFileSync(join(host.cwd, 'full', `file-${String(i).padStart(2, '0')}`), '');
    expect(await create(host, 'full')).toBe(1);
    expect(host.said[0]).toMatch(/full is not empty: file-00, .+, file-09 and 2 more stand in the way/);
    expect(readdirSync(join(host.cwd, 'full'))).toHaveLength(12);
  });

  test('may be there when it is empty, and stays the same folder', async () => {
    const host = fakeHost(temporaryFolder());
    mkdirSync(join(host.cwd, 'empty'));
    const { ino } = statSync(join(host.cwd, 'empty'));
    expect(await create(host, 'empty', ...NEITHER)).toBe(0);
    expect(existsSync(join(host.cwd, 'empty', '.projenrc.ts'))).toBe(true);
    expect(statSync(join(host.cwd, 'empty')).ino).toBe(ino);
    expect(visible(host.cwd)).toEqual(['empty']);
  });

  test('may be a repository without files: its .git is left as it is', async () => {
    const host = fakeHost(temporaryFolder());
    mkdirSync(join(host.cwd, 'cloned', '.git'), { recursive: true });
    writeFileSync(join(host.cwd, 'cloned', '.git', 'HEAD'), 'ref: refs/heads/trunk\n');
    expect(await create(host, 'cloned', '--no-install')).toBe(0);
    expect(readFileSync(join(host.cwd, 'cloned', '.git', 'HEAD'), 'utf8')).toBe('ref: refs/heads/trunk\n');
    expect(host.printed.join('\n')).toMatch(/cloned is a git repository already/);
  });

  test('that cannot be written is an error, and no parent is left behind', async () => {
    const host = fakeHost(temporaryFolder());
    writeFileSync(join(host.cwd, 'file'), '');
    expect(await create(host, 'file/x')).toBe(1);
    expect(host.said[0]).toMatch(/^Nothing can be written in .+file: E/);
    expect(await create(host, 'file')).toBe(1);
    expect(host.said[1]).toMatch(/file is a file: name a folder that is new or empty/);
  });

  test('is made with its parents, and with the access that any new folder has', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await create(host, 'a/b/my-team', ...NEITHER)).toBe(0);
    mkdirSync(join(host.cwd, 'other'));
    const mode = (name: string): string =>
      execFileSync('ls', ['-ld', join(host.cwd, name)])
        .toString()
        .slice(0, 10);
    expect(mode('a/b/my-team')).toBe(mode('other'));
  });
});

describe('the packages of a new project', () => {
  test('are installed in both roots without install scripts, before the project appears', async () => {
    const dir = temporaryFolder();
    const log = join(dir, '.npm-log');
    const env = withProgram(dir, 'npm', `echo "$PWD $@ $(ls ${dir})" >> ${log}; mkdir node_modules`);
    const host = fakeHost(dir, { env });
    expect(await create(host, 'my-team', '--no-git')).toBe(0);
    const calls = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(calls).toHaveLength(2);
    for (const call of calls) expect(call).toMatch(/ install --ignore-scripts .+$/);
    expect(calls[1]).toMatch(/\/model-build install/);
    expect(calls.join('\n')).not.toMatch(/ my-team$/m);
    expect(host.said).toEqual([
      'Installing the packages of the platform …',
      'Installing the packages of model-build …',
    ]);
    expect(host.printed.join('\n')).toContain('cd my-team && npm run rehearse');
  });

  test('that cannot be installed leave a whole project, exit code 1, and what to do', async () => {
    const dir = temporaryFolder();
    const env = withProgram(dir, 'npm', 'echo "npm error code ENOTFOUND" >&2; echo "npm error no network" >&2; exit 1');
    const host = fakeHost(dir, { env });
    expect(await create(host, 'my-team', '--no-git')).toBe(1);
    expect(existsSync(join(dir, 'my-team', '.projenrc.ts'))).toBe(true);
    expect(host.printed.join('\n')).toMatch(
      /of the platform could not be installed \(no network\): run `npm install` there/,
    );
  });

  test('when interrupted leave nothing behind', async () => {
    // GIVEN an npm that says when it runs, and does not end by itself
    const dir = temporaryFolder();
    const started = join(dir, '.started');
    const env = withProgram(dir, 'npm', `touch ${started}; sleep 60`);
    const host = fakeHost(dir, { env });
    const done = create(host, 'parent/my-team', '--no-git');
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 10));
    // WHEN
    host.interrupt.abort();
    // THEN
    expect(await done).toBe(130);
    expect(visible(dir)).toEqual(['.started']);
  });
});

describe('the repository of a new project', () => {
  const git = (dir: string, ...args: string[]): string => execFileSync('git', args, { cwd: dir }).toString().trim();

  test('has one commit of everything, on main', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await create(host, 'my-team', '--no-install')).toBe(0);
    const project = join(host.cwd, 'my-team');
    expect(git(project, 'log', '--format=%an %s', 'main')).toMatch(/^A Generate my-team with create-drone-mlops \d/);
    expect(git(project, 'status', '--porcelain', '--ignored')).toBe('');
    expect(git(project, 'ls-files', 'vendor')).toMatch(/\.tgz$/);
  });

  test('is not made inside another one, which is said', async () => {
    const host = fakeHost(temporaryFolder());
    git(host.cwd, 'init', '--quiet');
    expect(await create(host, 'my-team', '--no-install')).toBe(0);
    expect(existsSync(join(host.cwd, 'my-team', '.git'))).toBe(false);
    expect(host.printed.join('\n')).toMatch(/lies inside another git repository/);
  });

  test('has no commit when git does not know who commits, which is said', async () => {
    const nobody = { GIT_AUTHOR_NAME: '', GIT_AUTHOR_EMAIL: '', GIT_COMMITTER_NAME: '', GIT_COMMITTER_EMAIL: '' };
    const host = fakeHost(temporaryFolder(), { env: nobody });
    expect(await create(host, 'my-team', '--no-install')).toBe(0);
    expect(host.printed.join('\n')).toMatch(/git does not know who you are.+set user\.name and user\.email/);
    expect(git(join(host.cwd, 'my-team'), 'ls-files').split('\n').length).toBeGreaterThan(50);
  });

  test('is left out when git is not installed, which is said', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, '.bin'));
    const host = fakeHost(dir, { env: { PATH: join(dir, '.bin') } });
    expect(await create(host, 'my-team', '--no-install')).toBe(0);
    expect(host.printed.join('\n')).toMatch(/git is not installed/);
  });
});

describe('drone-mlops', () => {
  test('lists its commands, and refuses one that it does not have', async () => {
    const host = fakeHost(temporaryFolder());
    expect(await main('drone-mlops', ['--help'], host)).toBe(0);
    expect(host.printed.join('\n')).toMatch(/^ {2}create +generates a project$/m);
    expect(await main('drone-mlops', ['crate'], host)).toBe(2);
    expect(host.said).toEqual(['There is no command crate; `drone-mlops --help` lists what there is.']);
  });
});
