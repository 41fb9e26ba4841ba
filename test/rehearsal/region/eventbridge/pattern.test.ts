import { parsePattern } from '../../../../src/rehearsal/region/eventbridge/pattern';
import { CASES } from './cases';
import { verdict } from './verdict';

describe('an event pattern', () => {
  test.each(CASES)('$name: $verdict', (one) => {
    expect(verdict(one)).toBe(one.verdict);
  });

  test('names the field and the reason when it is wrong', () => {
    expect(() => parsePattern('{"detail":{"state":"FAILED"}}')).toThrow(
      '"detail.state" must be an object or an array.',
    );
    expect(() => parsePattern('{"detail":{"state":[{"begins":"F"}]}}')).toThrow(
      '"detail.state": unrecognized match type begins; the rehearsal region has prefix,',
    );
  });
});
