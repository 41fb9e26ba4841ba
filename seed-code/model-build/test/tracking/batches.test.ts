import fc from 'fast-check';
import { BATCH_LIMITS, firstBatch, fitting } from '../../src/tracking/batches';
import type { Entry } from '../../src/tracking/entry';

type Batchable = Parameters<typeof fitting>[0];

const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.integer({ min: 0, max: 9000 }).map((length) => 'ü'.repeat(length)),
);
const texts = fc.dictionary(text, text, { maxKeys: 250 });
const entry: fc.Arbitrary<Batchable> = fc.oneof(
  fc.record({
    kind: fc.constant('metrics' as const),
    timestamp: fc.nat(),
    step: fc.nat(),
    values: fc.oneof(
      fc.dictionary(fc.string({ maxLength: 300 }), fc.double(), { maxKeys: 30 }),
      fc
        .integer({ min: 900, max: 2100 })
        .map((count) => Object.fromEntries(Array.from({ length: count }, (_, key) => [`m${key}`, key]))),
    ),
  }),
  fc.record({ kind: fc.constant('params' as const), values: texts }),
  fc.record({ kind: fc.constant('tags' as const), values: texts }),
);

test('whatever is told goes out in its order, in requests that the server takes', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      let parts = entries.flatMap(fitting);
      const told = metricsOf(parts);
      const sent: unknown[] = [];
      while (parts.length > 0) {
        const { batch, taken } = firstBatch(parts);
        expect(taken).toBeGreaterThan(0);
        const count = { params: Object.keys(batch.params).length, tags: Object.keys(batch.tags).length };
        expect(batch.metrics.length).toBeLessThanOrEqual(1000);
        expect(count.params).toBeLessThanOrEqual(100);
        expect(count.tags).toBeLessThanOrEqual(100);
        expect(batch.metrics.length + count.params + count.tags).toBeLessThanOrEqual(1000);
        expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(1e6);
        sent.push(...batch.metrics.map(({ key, step, value }) => [key, step, value]));
        parts = parts.slice(taken);
      }
      expect(sent).toEqual(told);
    }),
    { numRuns: 60 },
  );
});

test('a parameter may have a name that every object knows', () => {
  const { batch, taken } = firstBatch(fitting({ kind: 'params', values: { toString: 'a', ['__proto__']: 'b' } }));
  expect([taken, Object.entries(batch.params)]).toEqual([
    1,
    [
      ['toString', 'a'],
      ['__proto__', 'b'],
    ],
  ]);
});

test('keys and texts are cut to what the server keeps', () => {
  const [cut] = fitting({ kind: 'params', values: { ['k'.repeat(300)]: 'v'.repeat(9000) } });
  expect(Object.entries(cut?.values ?? {})).toEqual([['k'.repeat(BATCH_LIMITS.key), 'v'.repeat(BATCH_LIMITS.param)]]);
});

function metricsOf(entries: readonly Entry[]): unknown[] {
  return entries.flatMap((one) =>
    one.kind === 'metrics' ? Object.entries(one.values).map(([key, value]) => [key, one.step, value]) : [],
  );
}
