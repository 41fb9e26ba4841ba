import { DefinitionError, type Step } from '../../src/pipeline/builder';
import { weave } from '../../src/pipeline/weave';

const step = (name: string, ...waits: string[]): Step => ({
  name,
  json: { Name: name, Type: 'Processing', Arguments: {}, ...(waits.length > 0 && { DependsOn: waits }) },
});
const told = (steps: readonly Step[]): string[] =>
  steps.map(({ name, json }) => `${name} < ${(json.DependsOn ?? []).join(' ')}`);

const ROW = [step('A'), step('B'), step('C', 'A')];

test('an added step waits for the one that it comes after, and is waited for by the next', () => {
  expect(told(weave(ROW, [{ after: 'A', step: step('X') }]))).toEqual(['A < ', 'X < A', 'B < X', 'C < A']);
});

test('steps after the same one, or after each other, run in the order in which they were added', () => {
  const insertions = [
    { after: 'B', step: step('X') },
    { after: 'X', step: step('Y') },
    { after: 'B', step: step('Z') },
  ];
  expect(told(weave(ROW, insertions))).toEqual(['A < ', 'B < ', 'X < B', 'Y < X', 'Z < Y', 'C < A Z']);
});

test('the last step can be followed', () => {
  expect(told(weave(ROW, [{ after: 'C', step: step('X') }])).at(-1)).toBe('X < C');
});

test('without insertions the row is as it was', () => {
  expect(weave(ROW, [])).toEqual(ROW);
});

test('a step after none of the row is refused by name', () => {
  expect(() => weave(ROW, [{ after: 'Q', step: step('X') }])).toThrow(DefinitionError);
});
