import { setImmediate } from 'node:timers/promises';
import { inParallel } from '../../src/dataset';

describe('inParallel', () => {
  test('does everything once, with no more at a time than allowed', async () => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
      done.push(item);
    });
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  test('takes items only when it comes to them', async () => {
    let taken = 0;
    function* endless(): Generator<number> {
      for (;;) yield (taken += 1);
    }
    const work = inParallel(endless(), 2, async (item) => {
      await setImmediate();
      if (item === 5) throw new Error('enough');
    });
    await expect(work).rejects.toThrow('enough');
    expect(taken).toBeLessThanOrEqual(7);
  });
});
