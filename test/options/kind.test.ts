import fc from 'fast-check';
import { list, mapOf, number, oneOf, text, whole, yesOrNo } from '../../src/options/kind';

/** Texts that a flag can hold: lists and maps are split at commas, and trimmed. */
const word = fc.stringMatching(/^[^\s,=](.*[^\s,=])?$/).filter((value) => !value.includes(',') && !value.includes('='));

describe('a kind of value', () => {
  test('reads from a flag what it wrote into one', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.array(word),
        fc.dictionary(word, fc.integer()),
        (real, int, flag, words, map) => {
          // -0 is written as 0
          expect(number.parse(number.format(real))).toBe(real === 0 ? 0 : real);
          expect(whole.parse(whole.format(int))).toBe(int);
          expect(yesOrNo.parse(yesOrNo.format(flag))).toBe(flag);
          expect(list.parse(list.format(words))).toEqual(words);
          expect(mapOf(number).parse(mapOf(number).format(map))).toEqual({ ...map });
        },
      ),
    );
  });

  test.each([
    ['a number', number, ['', 'x', '1e999', '0x']],
    ['a whole number', whole, ['1.5', '']],
    ['true or false', yesOrNo, ['yes', '']],
    ['a choice', oneOf('a', 'b'), ['c', 'A']],
    ['a map', mapOf(number), ['a', 'a=', 'a=x', '=1']],
  ])('does not read as %s what is none', (_, kind, texts) => {
    for (const flag of texts) expect(kind.parse(flag)).toBeUndefined();
  });

  test('a map’s value may hold an equals sign', () => {
    expect(mapOf(text).parse('owner = a=b , team=x')).toEqual({ owner: 'a=b', team: 'x' });
  });
});
