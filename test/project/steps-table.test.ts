import { stepsTable } from '../../src/project/steps-table';

test('added steps stand where they run', () => {
  const lines = stepsTable([
    { name: 'x', after: 'split', kind: 'processing' },
    { name: 'y', after: 'x', kind: 'processing' },
    { name: 'z', after: 'split', kind: 'processing' },
  ]).split('\n');
  expect(lines.map((line) => /^\| `(.+?)`/.exec(line)?.[1])).toEqual([
    ...['split', 'x', 'y', 'z', 'preprocess', 'validate', 'train', 'evaluate', 'gate', 'register'],
  ]);
  expect(lines[2]).toContain('`src/steps/y.ts`');
});
