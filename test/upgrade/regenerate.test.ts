import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_FILE, HandEditsError, NewerBaseError, UnresolvedConflictsError } from '../../src/upgrade';
import { filesIn, temporaryFolder } from '../folder';
import { contents, generate, lines, makeExecutable, managed, put, templateOf, text } from './project';

/** A folder generated from version 0.1.0 of a template. */
function generated(owned: Readonly<Record<string, string | Buffer>>): string {
  const dir = temporaryFolder();
  generate(dir, templateOf('0.1.0', owned));
  return dir;
}

const kinds = (report: ReturnType<typeof generate>): string[] =>
  report.changes.map(({ path, kind, from }) => `${kind} ${path}${from === undefined ? '' : ` from ${from}`}`);

describe('an owned file', () => {
  test('that the team left alone is replaced; a second run changes nothing', () => {
    const dir = generated({ 'a.ts': lines(9) });
    const second = templateOf('0.2.0', { 'a.ts': lines(9, { 3: 'ours' }) });
    expect(kinds(generate(dir, second))).toEqual(['replaced a.ts']);
    expect(text(dir, 'a.ts')).toBe(lines(9, { 3: 'ours' }));
    const after = filesIn(dir);
    expect(kinds(generate(dir, second))).toEqual([]);
    expect(filesIn(dir)).toEqual(after);
  });

  test('that both changed in different places is merged', () => {
    const dir = generated({ 'a.ts': lines(20) });
    put(dir, 'a.ts', lines(20, { 2: 'team' }));
    const report = generate(dir, templateOf('0.2.0', { 'a.ts': lines(20, { 15: 'ours' }) }));
    expect(kinds(report)).toEqual(['merged a.ts']);
    expect(text(dir, 'a.ts')).toBe(lines(20, { 2: 'team', 15: 'ours' }));
  });

  test('that both changed in one place has standard markers with both versions, and the report their line', () => {
    const dir = generated({ 'a.ts': lines(3) });
    put(dir, 'a.ts', lines(3, { 1: 'team' }));
    const report = generate(dir, templateOf('0.2.0', { 'a.ts': lines(3, { 1: 'ours' }) }));
    expect(report.changes).toEqual([expect.objectContaining({ kind: 'conflict', path: 'a.ts', lines: [2] })]);
    expect(text(dir, 'a.ts')).toBe(
      'line 0\n<<<<<<< yours\nteam\n||||||| create-drone-mlops 0.1.0\nline 1\n=======\nours\n>>>>>>> create-drone-mlops 0.2.0\nline 2\n',
    );
  });

  test('with an unresolved conflict stops the next run before it writes; a resolved one does not', () => {
    const dir = generated({ 'a.ts': lines(3), 'b.ts': 'b\n' });
    put(dir, 'a.ts', lines(3, { 1: 'team' }));
    const second = templateOf('0.2.0', { 'a.ts': lines(3, { 1: 'ours' }), 'b.ts': 'b\n' });
    generate(dir, second);
    const before = filesIn(dir);
    const third = templateOf('0.3.0', { 'a.ts': lines(3, { 1: 'ours' }), 'b.ts': 'new\n' });
    expect(() => generate(dir, third)).toThrow(UnresolvedConflictsError);
    expect(() => generate(dir, third)).toThrow(/a\.ts:2/);
    expect(filesIn(dir)).toEqual(before);
    put(dir, 'a.ts', lines(3, { 1: 'team and ours' }));
    expect(kinds(generate(dir, third))).toEqual(['replaced b.ts']);
    expect(text(dir, 'a.ts')).toContain('team and ours');
  });

  test.each([
    ['ours', 'team', 'kept a.ts'],
    ['theirs', 'ours', 'merged a.ts'],
  ] as const)('in conflict is decided by --conflicts %s', (conflicts, winner, said) => {
    const dir = generated({ 'a.ts': lines(9) });
    put(dir, 'a.ts', lines(9, { 1: 'team', 7: 'more' }));
    const report = generate(dir, templateOf('0.2.0', { 'a.ts': lines(9, { 1: 'ours' }) }), { conflicts });
    expect(kinds(report)).toEqual([said]);
    expect(text(dir, 'a.ts')).toBe(lines(9, { 1: winner, 7: 'more' }));
  });

  test('that the team deleted stays deleted, which is said when the template changed it', () => {
    const dir = generated({ 'a.ts': lines(9) });
    rmSync(join(dir, 'a.ts'));
    expect(kinds(generate(dir, templateOf('0.2.0', { 'a.ts': lines(9) })))).toEqual([]);
    expect(kinds(generate(dir, templateOf('0.3.0', { 'a.ts': 'x\n' })))).toEqual(['stays deleted a.ts']);
    expect(existsSync(join(dir, 'a.ts'))).toBe(false);
  });

  test('that the template no longer has goes, with its empty folder; one that the team edited is kept, which is said once', () => {
    const dir = generated({ 'old/a.ts': lines(9), 'old/deep/b.ts': lines(9), 'c.ts': '' });
    put(dir, 'old/a.ts', lines(9, { 1: 'team' }));
    const second = templateOf('0.2.0', { 'c.ts': '' });
    expect(kinds(generate(dir, second))).toEqual(['kept old/a.ts', 'removed old/deep/b.ts']);
    expect(existsSync(join(dir, 'old/deep'))).toBe(false);
    expect(kinds(generate(dir, second))).toEqual([]);
    expect(text(dir, 'old/a.ts')).toContain('team');
  });

  test('that the team moved and edited is merged at its new place, there again when it has changed beyond recognition', () => {
    const dir = generated({ 'src/a.ts': lines(20), 'src/b.ts': lines(20, { 1: 'b', 2: 'b', 3: 'b' }) });
    mkdirSync(join(dir, 'lib'));
    rmSync(join(dir, 'src/a.ts'));
    put(dir, 'lib/moved.ts', lines(20, { 2: 'team' }));
    const b = { 'src/b.ts': lines(20, { 1: 'b', 2: 'b', 3: 'b' }) };
    generate(dir, templateOf('0.2.0', { ...b, 'src/a.ts': lines(20, { 15: 'ours' }) }));
    expect(text(dir, 'lib/moved.ts')).toBe(lines(20, { 2: 'team', 15: 'ours' }));
    expect(existsSync(join(dir, 'src/a.ts'))).toBe(false);
    // GIVEN only a few lines of it left
    put(dir, 'lib/moved.ts', lines(20, { 2: 'team', 15: 'ours' }).split('\n').slice(12).join('\n'));
    generate(dir, templateOf('0.3.0', { ...b, 'src/a.ts': lines(20, { 15: 'ours', 18: 'again' }) }));
    expect(text(dir, 'lib/moved.ts')).toContain('again');
  });

  test('that the template renames moves with the team’s edits', () => {
    const dir = generated({ 'a.ts': lines(20), 'c.ts': lines(5) });
    put(dir, 'a.ts', lines(20, { 2: 'team' }));
    const renames = [
      { version: '0.3.0', from: 'b.ts', to: 'd.ts' },
      { version: '0.2.0', from: 'a.ts', to: 'b.ts' },
      { version: '0.2.0', from: 'c.ts', to: 'e.ts' },
    ];
    const third = templateOf('0.3.0', { 'd.ts': lines(20, { 15: 'ours' }), 'e.ts': lines(5) }, { renames });
    expect(kinds(generate(dir, third)).sort()).toEqual(['merged d.ts from a.ts', 'moved e.ts from c.ts']);
    expect(Object.keys(filesIn(dir))).toEqual([BASE_FILE, 'd.ts', 'e.ts']);
    expect(text(dir, 'd.ts')).toBe(lines(20, { 2: 'team', 15: 'ours' }));
  });

  test('that the template renames where the team has a file of the new name leaves both, and lays ours beside', () => {
    const dir = generated({ 'a.ts': lines(20) });
    put(dir, 'b.ts', 'the team’s own\n');
    const renames = [{ version: '0.2.0', from: 'a.ts', to: 'b.ts' }];
    const report = generate(dir, templateOf('0.2.0', { 'b.ts': lines(20) }, { renames }));
    expect(report.changes).toContainEqual(expect.objectContaining({ kind: 'kept', path: 'b.ts', beside: 'b.ts.new' }));
    expect(Object.keys(filesIn(dir))).toEqual([BASE_FILE, 'a.ts', 'b.ts', 'b.ts.new']);
  });

  test('that is new where the team has one of that name is laid beside it once, under a name that is free', () => {
    const dir = generated({});
    put(dir, 'a.ts', 'team\n');
    put(dir, 'a.ts.new', 'team too\n');
    const second = templateOf('0.2.0', { 'a.ts': 'ours\n' });
    expect(generate(dir, second).changes).toEqual([
      expect.objectContaining({ path: 'a.ts', kind: 'kept', beside: 'a.ts.new-2' }),
    ]);
    expect(kinds(generate(dir, second))).toEqual([]);
    expect([text(dir, 'a.ts'), text(dir, 'a.ts.new'), text(dir, 'a.ts.new-2')]).toEqual([
      'team\n',
      'team too\n',
      'ours\n',
    ]);
  });

  test('that is binary follows the template until both change it: then the team’s is kept, ours laid beside', () => {
    const image = (n: number): Buffer => Buffer.from([0x89, 0, n, 13, 10]);
    const dir = generated({ 'a.png': image(1) });
    generate(dir, templateOf('0.2.0', { 'a.png': image(2) }));
    expect(text(dir, 'a.png')).toBe(image(2).toString('latin1'));
    put(dir, 'a.png', image(3));
    expect(kinds(generate(dir, templateOf('0.3.0', { 'a.png': image(4) })))).toEqual(['kept a.png']);
    expect(text(dir, 'a.png')).toBe(image(3).toString('latin1'));
    expect(text(dir, 'a.png.new')).toBe(image(4).toString('latin1'));
  });

  test('that the team made executable stays so; one that the template makes executable becomes so', () => {
    const dir = generated({ 'a.sh': 'a\n', 'b.sh': 'b\n' });
    makeExecutable(dir, 'a.sh');
    const executable = new Map(
      [...contents({ 'b.sh': 'b\n' })].map(([path, { bytes }]) => [path, { bytes, executable: true }]),
    );
    const owned = new Map([...contents({ 'a.sh': 'changed\n' }), ...executable]);
    const report = generate(dir, templateOf('0.2.0', {}, { owned }));
    expect(kinds(report)).toEqual(['replaced a.sh', 'merged b.sh']);
    expect(text(dir, 'a.sh')).toBe('changed\n');
    for (const path of ['a.sh', 'b.sh']) expect(statSync(join(dir, path)).mode & 0o100).not.toBe(0);
  });

  test.each([
    ['CRLF', (content: string) => content.replaceAll('\n', '\r\n')],
    ['a BOM', (content: string) => `\u00ef\u00bb\u00bf${content}`],
    ['no newline at the end', (content: string) => content.trimEnd()],
    ['Latin-1', (content: string) => content.replace('line 4', 'l\u00efne 4')],
  ])('with %s keeps it, untouched by us or merged', (_, dress) => {
    const bytes = (content: string): Buffer => Buffer.from(dress(content), 'latin1');
    const dir = generated({ 'a.ts': lines(20), 'b.ts': lines(20) });
    put(dir, 'a.ts', bytes(lines(20)));
    put(dir, 'b.ts', bytes(lines(20, { 8: 'team' })));
    const same = templateOf('0.2.0', { 'a.ts': lines(20), 'b.ts': lines(20) });
    generate(dir, same);
    expect(text(dir, 'a.ts')).toBe(bytes(lines(20)).toString('latin1'));
    const second = templateOf('0.3.0', { 'a.ts': lines(20, { 12: 'ours' }), 'b.ts': lines(20, { 12: 'ours' }) });
    generate(dir, second);
    expect(text(dir, 'a.ts')).toBe(bytes(lines(20, { 12: 'ours' })).toString('latin1'));
    expect(text(dir, 'b.ts')).toBe(bytes(lines(20, { 8: 'team', 12: 'ours' })).toString('latin1'));
  });

  test('that the team replaced by a link, or put in a linked folder, is kept and never written through', () => {
    const dir = generated({ 'a.ts': 'a\n', 'src/b.ts': 'b\n' });
    const outside = temporaryFolder();
    put(outside, 'b.ts', 'b\n');
    put(outside, 'a.ts', 'elsewhere\n');
    rmSync(join(dir, 'a.ts'));
    symlinkSync(join(outside, 'a.ts'), join(dir, 'a.ts'));
    rmSync(join(dir, 'src'), { recursive: true });
    symlinkSync(outside, join(dir, 'src'));
    const report = generate(dir, templateOf('0.2.0', { 'a.ts': 'x\n', 'src/b.ts': 'x\n' }));
    expect(kinds(report)).toEqual(['kept a.ts', 'kept src/b.ts']);
    expect(lstatSync(join(dir, 'a.ts')).isSymbolicLink()).toBe(true);
    expect([text(outside, 'a.ts'), text(outside, 'b.ts')]).toEqual(['elsewhere\n', 'b\n']);
  });

  test('is treated by its policy: keep, replace, skip, the last that fits', () => {
    const dir = generated({ 'keep.ts': 'a\n', 'replace.ts': 'a\n', 'skip/x.ts': 'a\n', 'merge.ts': 'a\n' });
    for (const path of ['keep.ts', 'replace.ts', 'skip/x.ts']) put(dir, path, 'team\n');
    const policies = { '**': 'keep', 'merge.ts': 'merge', '*place.ts': 'replace', '{skip,other}/**': 'skip' } as const;
    const ours = { 'keep.ts': 'b\n', 'replace.ts': 'b\n', 'skip/x.ts': 'b\n', 'skip/new.ts': 'b\n', 'merge.ts': 'b\n' };
    const report = generate(dir, templateOf('0.2.0', ours, { policies }));
    expect(kinds(report)).toEqual(['kept keep.ts', 'replaced replace.ts', 'replaced merge.ts']);
    expect(existsSync(join(dir, 'skip/new.ts'))).toBe(false);
    expect([text(dir, 'keep.ts'), text(dir, 'replace.ts'), text(dir, 'skip/x.ts')]).toEqual([
      'team\n',
      'b\n',
      'team\n',
    ]);
    // WHEN the policy goes, what the template changed in the meantime arrives
    put(dir, 'keep.ts', 'a\n');
    generate(dir, templateOf('0.3.0', ours));
    expect(text(dir, 'keep.ts')).toBe('b\n');
  });

  test('a policy that there is not is an error that names it', () => {
    const dir = generated({ 'a.ts': 'a\n' });
    // A definition in plain JavaScript may say anything.
    const policies = { '**': 'preserve' } as unknown as Record<string, 'keep'>;
    expect(() => generate(dir, templateOf('0.2.0', {}, { policies }))).toThrow(
      /'\*\*' is one of merge, keep.+'preserve'/,
    );
  });
});

describe('the base', () => {
  const v2 = { 'a.ts': lines(9, { 3: 'ours' }), 'b.ts': lines(9, { 5: 'ours' }) };

  test('is one file of sorted lines, one a file, smaller than what it stands for', () => {
    const dir = generated({ 'b b.ts': lines(500), 'a.ts': lines(500) });
    const found = text(dir, BASE_FILE).trimEnd().split('\n');
    expect(found.slice(1).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '! create-drone-mlops',
      'a.ts owned',
      'b%20b.ts owned',
    ]);
    expect(found.join('\n').length).toBeLessThan(lines(500).length);
  });

  test('that a merge has left in pieces counts only what is whole: the rest is kept, ours beside', () => {
    const dir = generated({ 'a.ts': lines(9), 'b.ts': lines(9), 'c.ts': lines(9) });
    const other = temporaryFolder();
    generate(other, templateOf('0.1.5', { 'a.ts': 'other\n', 'b.ts': lines(9), 'c.ts': lines(9) }));
    const mine = text(dir, BASE_FILE).split('\n');
    const theirs = text(other, BASE_FILE).split('\n');
    const damaged = [...mine.map((line) => (line.startsWith('c.ts') ? line.slice(0, -9) : line)), '=======', ...theirs];
    writeFileSync(
      join(dir, BASE_FILE),
      damaged.filter((line) => !line.startsWith('c.ts') || line.length < (mine[4] ?? '').length).join('\r\n'),
    );
    const report = generate(dir, templateOf('0.2.0', { ...v2, 'c.ts': 'ours\n' }));
    expect(kinds(report)).toEqual(['kept a.ts', 'replaced b.ts', 'kept c.ts']);
    expect(text(dir, 'a.ts')).toBe(lines(9));
    expect(text(dir, 'a.ts.new')).toBe(v2['a.ts']);
  });

  test('that is gone makes every file count as edited; one that is the template’s needs no word', () => {
    const dir = generated({ 'a.ts': lines(9), 'b.ts': v2['b.ts'] });
    rmSync(join(dir, BASE_FILE));
    expect(kinds(generate(dir, templateOf('0.2.0', v2)))).toEqual(['kept a.ts']);
  });

  test('of a newer version is refused with the remedy; nothing is written', () => {
    const dir = generated({ 'a.ts': 'a\n' });
    generate(dir, templateOf('0.10.0', { 'a.ts': 'b\n' }));
    const before = filesIn(dir);
    const older = templateOf('0.9.0', { 'a.ts': 'c\n' });
    expect(() => generate(dir, older)).toThrow(NewerBaseError);
    expect(() => generate(dir, older)).toThrow(
      /0\.10\.0, and this is 0\.9\.0: run `npm install -D create-drone-mlops@0\.10\.0`/,
    );
    expect(filesIn(dir)).toEqual(before);
  });

  test('of a project without edits is that of a fresh generation, byte for byte', () => {
    const dir = generated({ 'a.ts': lines(9), 'gone.ts': 'x\n' });
    generate(dir, templateOf('0.2.0', v2));
    const fresh = temporaryFolder();
    generate(fresh, templateOf('0.2.0', v2));
    expect(filesIn(dir)).toEqual(filesIn(fresh));
  });
});

describe('a managed file', () => {
  const at = (version: string, content: string): ReturnType<typeof templateOf> =>
    templateOf(version, { 'a.ts': `${content}\n` }, { managed: managed({ 'm.json': `${content}\n` }) });

  test('that was edited by hand stops the run before anything is written, until it is said to be overwritten', () => {
    const dir = temporaryFolder();
    generate(dir, at('0.1.0', 'one'));
    put(dir, 'm.json', 'by hand\n');
    const before = filesIn(dir);
    expect(() => generate(dir, at('0.2.0', 'two'))).toThrow(HandEditsError);
    expect(() => generate(dir, at('0.2.0', 'two'))).toThrow(
      /m\.json is managed[^]+-one\n\+by hand[^]+\.projenrc\.ts[^]+--overwrite/,
    );
    expect(filesIn(dir)).toEqual(before);
    generate(dir, at('0.2.0', 'two'), { overwrite: true });
    expect(text(dir, 'm.json')).toBe('two\n');
  });

  test('goes when the template no longer has it; becomes the team’s when the template gives it away', () => {
    const dir = temporaryFolder();
    generate(dir, templateOf('0.1.0', {}, { managed: managed({ 'm.json': 'm\n', 'n.json': lines(9) }) }));
    const report = generate(dir, templateOf('0.2.0', { 'n.json': lines(9, { 1: 'ours' }) }));
    expect(kinds(report)).toEqual(['removed m.json', 'replaced n.json']);
    expect(text(dir, 'n.json')).toBe(lines(9, { 1: 'ours' }));
  });

  test('in a checkout with CRLF counts as untouched', () => {
    const dir = temporaryFolder();
    generate(dir, at('0.1.0', 'one\ntwo'));
    put(dir, 'm.json', 'one\r\ntwo\r\n');
    expect(kinds(generate(dir, at('0.2.0', 'three')))).toContain('replaced m.json');
  });
});

describe('a dry run', () => {
  test('writes nothing, and shows what would change', () => {
    const dir = generated({ 'a.ts': lines(9), 'gone.ts': 'x\n' });
    const before = filesIn(dir);
    const second = templateOf('0.2.0', { 'a.ts': lines(9, { 3: 'ours' }), 'new.ts': 'n\n' });
    const report = generate(dir, second, { dryRun: true, diff: true });
    expect(report.written).toBe(false);
    expect(kinds(report)).toEqual(['replaced a.ts', 'created new.ts', 'removed gone.ts']);
    expect(report.diff).toMatch(
      /^diff --git a\/a\.ts b\/a\.ts\n[^]+-line 3\n\+ours\n[^]+--- a\/gone\.ts\n[^]+\+\+\+ b\/new\.ts/,
    );
    expect(filesIn(dir)).toEqual(before);
  });
});

test('a project that was moved to another folder upgrades there', () => {
  const dir = generated({ 'a.ts': lines(9) });
  const moved = join(temporaryFolder(), 'elsewhere');
  renameSync(dir, moved);
  expect(kinds(generate(moved, templateOf('0.2.0', { 'a.ts': 'x\n' })))).toEqual(['replaced a.ts']);
});
