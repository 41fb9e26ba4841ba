// Random histories of a team and a template: what the team wrote is never lost, what the template changed arrives.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { type Template, type UpgradePolicies, conflictsOf } from '../../src/upgrade';
import { filesIn, temporaryFolder } from '../folder';
import { LOSSES, lossesIn, project, teamWorks, templateFiles } from './fates';
import { contents, generate, managed, put, templateOf, text } from './project';

/** Times as many histories where a person has time for them, with `DRONE_MLOPS_HISTORIES=10`. */
const MORE = Number(process.env.DRONE_MLOPS_HISTORIES ?? 1);
/** Without it, the same histories in each run, so that what passed passes again. */
const SEED = process.env.DRONE_MLOPS_HISTORIES === undefined ? { seed: 1 } : {};

const FILES = ['src/a.ts', 'src/b.ts', 'src/deep/c.ts', 'README.md'] as const;
/** Blocks of a file; between them stand lines that nobody changes, so that neighbours do not conflict. */
const BLOCKS = 6;

/** What a file says: a word a block. */
type Words = readonly string[];

const render = (name: string, words: Words): string =>
  words.map((word, i) => `${name} ${i} begins\n${name} ${i}\n${word}\n${name} ${i}\n${name} ${i} ends\n`).join('');

const block = fc.nat({ max: BLOCKS - 1 });
const file = fc.constantFrom(...FILES);

/** The template changes only even blocks, the team only odd ones: so whatever either writes has to be there in the end. */
const templateStep = fc.record({ who: fc.constant('template' as const), file, block: block.map((i) => i - (i % 2)) });
const teamStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ who: fc.constant('edit' as const), file, block: block.map((i) => i - (i % 2) + 1) }),
  },
  fc.record({ who: fc.constant('move' as const), file }),
  fc.record({ who: fc.constant('delete' as const), file }),
  fc.record({ who: fc.constant('option' as const), on: fc.boolean() }),
);
const history = fc.array(fc.oneof(templateStep, teamStep, fc.constant({ who: 'upgrade' as const })), {
  minLength: 4,
  maxLength: 24,
});

interface World {
  readonly dir: string;
  readonly template: Map<string, string[]>;
  /** Where the team has each file; none when it deleted it. */
  readonly places: Map<string, string | undefined>;
  /** Every word that the team wrote, by file. */
  readonly written: Map<string, Map<number, string>>;
  version: number;
  option: boolean;
  words: number;
}

function upgrade(world: World): ReturnType<typeof generate> {
  const owned = Object.fromEntries([...world.template].map(([path, words]) => [path, render(path, words)]));
  const version = `0.${world.version}.0`;
  return generate(
    world.dir,
    templateOf(version, owned, { managed: managed({ 'options.json': `{"on":${world.option}}\n` }) }),
  );
}

function newWorld(): World {
  const world: World = {
    dir: temporaryFolder(),
    template: new Map(FILES.map((path) => [path, Array.from({ length: BLOCKS }, () => 'word')])),
    places: new Map(FILES.map((path) => [path, path])),
    written: new Map(FILES.map((path) => [path, new Map<number, string>()])),
    version: 1,
    option: false,
    words: 0,
  };
  upgrade(world);
  return world;
}

type Step = (typeof history extends fc.Arbitrary<infer T> ? T : never)[number];

function take(world: World, step: Step): void {
  if (step.who === 'upgrade') {
    world.version += 1;
    upgrade(world);
    return;
  }
  if (step.who === 'option') {
    world.option = step.on;
    return;
  }
  world.words += 1;
  const word = `${step.who} ${world.words}`;
  if (step.who === 'template') {
    const words = world.template.get(step.file);
    if (words) words[step.block] = word;
    return;
  }
  const place = world.places.get(step.file);
  if (place === undefined) return;
  if (step.who === 'delete') {
    rmSync(join(world.dir, place));
    world.places.set(step.file, undefined);
    return;
  }
  if (step.who === 'move') {
    const to = `moved/${world.words}/${place.split('/').at(-1) ?? ''}`;
    mkdirSync(dirname(join(world.dir, to)), { recursive: true });
    renameSync(join(world.dir, place), join(world.dir, to));
    world.places.set(step.file, to);
    return;
  }
  const lines = text(world.dir, place).split('\n');
  lines[step.block * 5 + 2] = word;
  put(world.dir, place, lines.join('\n'));
  world.written.get(step.file)?.set(step.block, word);
}

describe('over random histories', () => {
  test('no line of the team’s is lost, every change of the template arrives, and twice is once', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const world = newWorld();
        for (const step of steps) take(world, step);
        world.version += 1;
        const report = upgrade(world);
        expect(report.changes.filter(({ kind }) => kind === 'conflict')).toEqual([]);
        for (const [path, words] of world.template) {
          const place = world.places.get(path);
          if (place === undefined) {
            expect(existsSync(join(world.dir, path))).toBe(false);
            continue;
          }
          const expected = words.map((word, i) => world.written.get(path)?.get(i) ?? word);
          expect(text(world.dir, place)).toBe(render(path, expected));
        }
        expect(text(world.dir, 'options.json')).toBe(`{"on":${world.option}}\n`);
        const once = filesIn(world.dir);
        expect(upgrade(world).changes).toEqual([]);
        expect(filesIn(world.dir)).toEqual(once);
      }),
      { numRuns: 60 * MORE, ...SEED },
    );
  });

  test('a project that nobody edited ends as a fresh generation would be, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(templateStep, { maxLength: 12 }),
        fc.array(fc.boolean(), { maxLength: 4 }),
        (steps, options) => {
          const world = newWorld();
          for (const [i, step] of steps.entries()) {
            take(world, step);
            world.option = options[i] ?? world.option;
            if (i % 3 === 0) take(world, { who: 'upgrade' });
          }
          upgrade(world);
          const fresh: World = { ...world, dir: temporaryFolder() };
          upgrade(fresh);
          expect(filesIn(world.dir)).toEqual(filesIn(fresh.dir));
        },
      ),
      { numRuns: 60 * MORE, ...SEED },
    );
  });

  test('where both change the same line, both are there: as a conflict, or as one line where they agree', () => {
    const words = fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: BLOCKS, maxLength: BLOCKS });
    fc.assert(
      fc.property(words, words, words, (before, team, after) => {
        const dir = temporaryFolder();
        generate(dir, templateOf('0.1.0', {}, { owned: contents({ 'a.ts': render('a', before) }) }));
        put(dir, 'a.ts', render('a', team));
        generate(dir, templateOf('0.2.0', {}, { owned: contents({ 'a.ts': render('a', after) }) }));
        const found = text(dir, 'a.ts');
        for (const [i, word] of team.entries()) {
          if (word !== before[i]) expect(found).toContain(`a ${i}\n`);
        }
        const conflict = team.some((word, i) => word !== before[i] && after[i] !== before[i] && word !== after[i]);
        expect(found.includes('<'.repeat(7))).toBe(conflict);
        if (!conflict)
          expect(found).toBe(
            render(
              'a',
              team.map((word, i) => (word === before[i] ? (after[i] ?? '') : word)),
            ),
          );
      }),
      { numRuns: 40 * MORE, ...SEED },
    );
  });

  test('texts, binaries, executables, moves, deletions, renames on either side and options: nothing is lost', () => {
    fc.assert(
      fc.property(project(12), ({ fates, option }) => {
        const dir = temporaryFolder();
        const template = (version: 1 | 2, on: boolean): Template => {
          const { files, moves } = templateFiles(version, fates);
          const renames = moves.map((move) => ({ version: '0.2.0', ...move }));
          return templateOf(`0.${version}.0`, files, {
            renames,
            managed: managed({ 'options.json': `{"on": ${on}}\n` }),
          });
        };
        generate(dir, template(1, false));
        teamWorks(dir, fates);
        const report = generate(dir, template(2, option));
        const conflicts = conflictsOf(report).length;
        expect(lossesIn(dir, { fates, option }, conflicts > 0 ? 1 : 0)).toEqual(
          Object.fromEntries(LOSSES.map((loss) => [loss, 0])),
        );
        if (conflicts > 0) return; // the next run waits until they are resolved
        const once = filesIn(dir);
        expect(generate(dir, template(2, option)).changes).toEqual([]);
        expect(filesIn(dir)).toEqual(once);
      }),
      { numRuns: 40 * MORE, ...SEED },
    );
  });

  test('a policy holds whatever both do: keep and skip leave the team’s, replace takes the template’s', () => {
    const policy = fc.constantFrom('merge', 'keep', 'replace', 'skip');
    const act = fc.record({ policy, team: fc.boolean(), template: fc.boolean() });
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 8 }), (acts) => {
        const dir = temporaryFolder();
        const policies = Object.fromEntries(acts.map((one, i) => [`src/${i}.ts`, one.policy])) as UpgradePolicies;
        const words = (who: (one: (typeof acts)[number]) => boolean, block: number, word: string) =>
          acts.map((one) => Array.from({ length: BLOCKS }, (_, n) => (who(one) && n === block ? word : 'word')));
        const files = (all: string[][]) =>
          Object.fromEntries(all.map((one, i) => [`src/${i}.ts`, render(`${i}`, one)]));
        generate(dir, templateOf('0.1.0', files(words(() => false, 0, ''))));
        const team = files(words(({ team }) => team, 1, 'team'));
        for (const [i, one] of acts.entries()) if (one.team) put(dir, `src/${i}.ts`, team[`src/${i}.ts`] ?? '');
        const second = files(words(({ template }) => template, 4, 'template'));
        generate(dir, templateOf('0.2.0', second, { policies }));
        for (const [i, one] of acts.entries()) {
          const found = text(dir, `src/${i}.ts`);
          if (one.policy === 'replace') expect(found).toBe(second[`src/${i}.ts`]);
          else if (one.policy === 'merge') {
            expect([found.includes('team\n'), found.includes('template\n')]).toEqual([one.team, one.template]);
          } else expect(found).toBe(team[`src/${i}.ts`]);
        }
      }),
      { numRuns: 40 * MORE, ...SEED },
    );
  });

  test('package.json: what the team adds or sets stays, what we change arrives, unless the team set the same', () => {
    const scripts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('1', '2', '3'));
    const asFile = (value: object): string => `${JSON.stringify({ scripts: value }, null, 2)}\n`;
    fc.assert(
      fc.property(scripts, scripts, scripts, (before, team, after) => {
        const dir = temporaryFolder();
        const template = (version: string, value: object): Template =>
          templateOf(
            version,
            {},
            {
              managed: managed({ 'package.json': asFile(value) }),
              mergedByKey: new Map([['package.json', new Set<string>()]]),
            },
          );
        generate(dir, template('0.1.0', before));
        put(dir, 'package.json', asFile(team));
        generate(dir, template('0.2.0', after));
        const found = (JSON.parse(text(dir, 'package.json')) as { scripts?: Record<string, string> }).scripts ?? {};
        for (const key of ['a', 'b', 'c', 'd', 'e']) {
          expect(found[key]).toBe(team[key] === before[key] ? after[key] : team[key]);
        }
      }),
      { numRuns: 60 * MORE, ...SEED },
    );
  });
});
