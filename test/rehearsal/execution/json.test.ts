import fc from 'fast-check';
import { asValue, Float, parseJson, plain, type Json } from '../../../src/rehearsal/execution/json';

describe('JSON with floats apart from integers', () => {
  test('is what JSON.parse makes of the text, whatever stands in its strings', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = JSON.stringify(json);
        expect(plain(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ['1', 1],
    ['-12', -12],
    ['1.0', new Float(1)],
    ['1e3', new Float(1000)],
    ['-2.5E-1', new Float(-0.25)],
    ['[1.5, "\\u00002.0"]', [new Float(1.5), '\u00002.0']],
    ['["1.0", "\\"2.0", "\\\\", 3.0]', ['1.0', '"2.0', '\\', new Float(3)]],
  ])('%s', (text, expected) => {
    expect(parseJson(text)).toEqual(expected);
  });

  test('a text that is none says where, in the text as it was', () => {
    expect(() => parseJson('{"a": 1.5, }')).toThrow(/position 11/);
  });

  test('numbers of a response are floats when they have a fraction', () => {
    const response: Json = { count: 1, share: [0.5, null, 'x', true] };
    expect(asValue(response)).toEqual({ count: 1, share: [new Float(0.5), null, 'x', true] });
  });
});
