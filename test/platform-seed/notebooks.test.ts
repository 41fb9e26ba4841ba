// The notebooks as they lie in git: nothing of anybody's run, and no logic of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../seed-code/platform/notebooks');

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
}

const notebooks = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ipynb'))
  .map((name) => {
    const { cells } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { cells: readonly Cell[] };
    return [name, cells.filter(({ cell_type: type }) => type === 'code')] as const;
  });

test('there are notebooks', () => {
  expect(notebooks.length).toBeGreaterThan(0);
});

test.each(notebooks)('%s holds no outputs', (_, cells) => {
  for (const { outputs, execution_count: count } of cells) expect([outputs, count]).toEqual([[], null]);
});

test.each(notebooks)('%s calls the commands, and defines nothing', (_, cells) => {
  const lines = cells.flatMap(({ source }) => source);
  expect(lines.filter((line) => /^\s*(def|class|for|while|with)\b/.test(line))).toEqual([]);
  expect(lines.some((line) => /\bnpm(_json)?\(/.test(line))).toBe(true);
});
