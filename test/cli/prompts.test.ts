import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../folder';
import { create, fakeHost } from './fake-host';

const LEAVE = Symbol('ctrl-c');

interface Question {
  readonly message: string;
  readonly validate?: (text: string) => string | undefined;
  readonly defaultValue?: unknown;
  readonly initialValue?: unknown;
}

/** What a person answers to questions that match; to all others, what is proposed. */
const answers = new Map<RegExp, unknown>();
const asked: Question[] = [];

function answer(question: Question): Promise<unknown> {
  asked.push(question);
  const own = [...answers].find(([pattern]) => pattern.test(question.message));
  return Promise.resolve(own ? own[1] : (question.defaultValue ?? question.initialValue));
}

jest.mock('@clack/prompts', () => ({
  intro: () => undefined,
  outro: () => undefined,
  text: answer,
  select: answer,
  confirm: answer,
}));

beforeEach(() => {
  answers.clear();
  asked.length = 0;
});

describe('a person at a terminal', () => {
  test('is asked for what was not given, and gets what was answered', async () => {
    // GIVEN
    answers.set(/Which trainer/, 'ultralytics');
    answers.set(/Do you accept its licence/, true);
    answers.set(/How is the flight/, 'pattern');
    answers.set(/Which pattern/, '^([^/]+)/');
    const host = fakeHost(temporaryFolder(), { interactive: true });
    // WHEN
    const code = await create(host, 'asked', '--no-install', '--no-git', '--region', 'eu-central-1');
    // THEN
    expect(code).toBe(0);
    expect(asked.map(({ message }) => message)).not.toContain('Which AWS region?');
    const definition = readFileSync(join(host.cwd, 'asked', '.projenrc.ts'), 'utf8');
    expect(definition).toMatch(
      /region: 'eu-central-1',[^]+trainer: 'ultralytics',\n {2}acceptUltralyticsLicense: true,/,
    );
    expect(definition).toContain("flightPattern: '^([^/]+)/',");
  });

  test('is told at once what is wrong with an answer', async () => {
    const host = fakeHost(temporaryFolder(), { interactive: true });
    await create(host, 'asked', '--dry-run');
    const classes = asked.find(({ message }) => message.startsWith('Which classes'));
    expect(classes?.validate?.('car,car')).toMatch(/names every class once/);
    expect(classes?.validate?.('car,bus')).toBeUndefined();
  });

  test('is asked for another name when the folder’s cannot be the project’s', async () => {
    answers.set(/called/, 'my-team');
    const host = fakeHost(temporaryFolder(), { interactive: true });
    expect(await create(host, 'my_team', '--dry-run')).toBe(0);
    expect(asked[0]?.message).toMatch(/called/);
  });

  test('who does not accept the licence of Ultralytics gets the baseline', async () => {
    answers.set(/Which trainer/, 'ultralytics');
    const host = fakeHost(temporaryFolder(), { interactive: true });
    expect(await create(host, 'asked', '--no-install', '--no-git')).toBe(0);
    expect(readFileSync(join(host.cwd, 'asked', '.projenrc.ts'), 'utf8')).toContain("trainer: 'baseline',");
  });

  test('who wants the details is asked them', async () => {
    answers.set(/details/, true);
    answers.set(/epochs/, '3');
    const host = fakeHost(temporaryFolder(), { interactive: true });
    expect(await create(host, 'asked', '--no-install', '--no-git')).toBe(0);
    expect(readFileSync(join(host.cwd, 'asked', '.projenrc.ts'), 'utf8')).toContain('epochs: 3,');
    expect(asked.map(({ message }) => message)).not.toContain('Which size of YOLO11?'); // the baseline has no sizes
  });

  test('who leaves leaves nothing behind', async () => {
    answers.set(/region/, LEAVE);
    const host = fakeHost(temporaryFolder(), { interactive: true });
    expect(await create(host, 'asked')).toBe(130);
    expect(host.said).toEqual(['Interrupted: nothing was left behind.']);
  });

  test('is not asked with --yes or --json', async () => {
    const host = fakeHost(temporaryFolder(), { interactive: true });
    await create(host, 'asked', '--dry-run', '--yes');
    await create(host, 'asked', '--dry-run', '--json');
    expect(asked).toEqual([]);
  });
});
