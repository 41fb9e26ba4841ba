import { stepRows } from '../../src/project/step-rows';

test('added steps stand where they run', () => {
  const rows = stepRows([
    { name: 'x', after: 'split', kind: 'processing' },
    { name: 'y', after: 'x', kind: 'lambda' },
    { name: 'z', after: 'split', kind: 'callback' },
  ]);
  expect(rows.map(({ step }) => step)).toEqual([
    ...['split', 'x', 'y', 'z', 'preprocess', 'validate', 'train', 'evaluate', 'gate', 'register'],
  ]);
  expect(rows[2]?.file).toBe('src/functions/y.ts');
});
