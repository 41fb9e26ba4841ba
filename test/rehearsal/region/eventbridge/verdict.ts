// The verdict of the region's matcher on a pattern and an event.
import type { Json } from '../../../../src/rehearsal/region/eventbridge/json';
import { matches, parsePattern } from '../../../../src/rehearsal/region/eventbridge/pattern';
import { PatternError } from '../../../../src/rehearsal/region/eventbridge/pattern-error';
import type { PatternCase } from './cases';

export function verdict({ pattern, event }: Pick<PatternCase, 'pattern' | 'event'>): boolean | 'invalid' {
  try {
    return matches(parsePattern(JSON.stringify(pattern)), event as Json);
  } catch (error) {
    if (error instanceof PatternError) return 'invalid';
    throw error;
  }
}
