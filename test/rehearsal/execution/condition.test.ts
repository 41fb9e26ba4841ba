import { condition, definition, rehearse } from './rehearse';

/** `1.0` as JSON text, which JavaScript cannot write. */
const FLOAT_ONE = '@1.0';

async function verdict(...conditions: unknown[]): Promise<string | undefined> {
  const text = definition([condition('Gate', conditions, [], [])]).replaceAll(`"${FLOAT_ONE}"`, '1.0');
  const { last } = await rehearse(text);
  return last.Gate?.FailureReason ?? last.Gate?.Metadata?.Condition?.Outcome;
}

const compare = (Type: string, LeftValue: unknown, RightValue: unknown) => ({ Type, LeftValue, RightValue });
const yes = compare('Equals', 1, 1);
const no = compare('Equals', 1, 2);

describe('conditions', () => {
  test.each([
    ['Equals', 'a', 'a', 'True'],
    ['Equals', 'a', 'A', 'False'],
    ['Equals', true, true, 'True'],
    ['Equals', true, 1, 'True'],
    ['Equals', 0.5, 0.5, 'True'],
    [
      'Equals',
      FLOAT_ONE,
      1,
      "LeftValue [1.0] of type [<class 'float'>] and RightValue [1] of type [<class 'int'>] are not of the same type.",
    ],
    [
      'Equals',
      '1',
      1,
      "LeftValue [1] of type [<class 'str'>] and RightValue [1] of type [<class 'int'>] are not of the same type.",
    ],
    ['GreaterThan', 2, 1.5, 'True'],
    ['GreaterThan', 1, 1, 'False'],
    ['GreaterThan', 'b', 'a', 'True'],
    [
      'GreaterThan',
      'b',
      1,
      "Condition of type [GreaterThan] not supported between [b] of type [<class 'str'>] and [1] of type [<class 'int'>]",
    ],
    ['GreaterThanOrEqualTo', 1, FLOAT_ONE, 'True'],
    ['GreaterThanOrEqualTo', 0.79, 0.8, 'False'],
    ['LessThan', false, true, 'True'],
    ['LessThan', 1, 1, 'False'],
    ['LessThanOrEqualTo', 1, 1, 'True'],
    ['LessThanOrEqualTo', 2, 1, 'False'],
  ])('%s of %j and %j is %s', async (type, left, right, expected) => {
    expect(await verdict(compare(type, left, right))).toBe(expected);
  });

  test.each([
    ['all must hold', [yes, no], 'False'],
    ['all hold', [yes, yes], 'True'],
    ['Not', [{ Type: 'Not', Condition: no }], 'True'],
    ['Or with one that holds', [{ Type: 'Or', Conditions: [no, yes] }], 'True'],
    ['Or with none', [{ Type: 'Or', Conditions: [no, no] }], 'False'],
    [
      'Or of Not of Or',
      [{ Type: 'Or', Conditions: [{ Type: 'Not', Condition: { Type: 'Or', Conditions: [no] } }] }],
      'True',
    ],
    ['In', [{ Type: 'In', QueryValue: 'a', Values: ['b', 'a'] }], 'True'],
    ['In, of another type', [{ Type: 'In', QueryValue: '1', Values: [1] }], 'False'],
    ['In, of an equal float', [{ Type: 'In', QueryValue: 1, Values: [FLOAT_ONE] }], 'True'],
    ['In nothing', [{ Type: 'In', QueryValue: 'a', Values: [] }], 'False'],
  ])('%s', async (_what, conditions, expected) => {
    expect(await verdict(...conditions)).toBe(expected);
  });
});
