import fc from 'fast-check';
import { PARTS, planSplit, type SplitImage } from '../../src/dataset';

const SHARES = { train: 0.7, validation: 0.15, test: 0.15 };

/** Images of flights of the given sizes, none alike. */
function imagesOf(sizes: Readonly<Record<string, number>>): SplitImage[] {
  return Object.entries(sizes).flatMap(([flight, size]) =>
    Array.from({ length: size }, (_, index) => {
      const path = `${flight}/${String(index).padStart(4, '0')}.jpg`;
      return { path, flight, capturedAt: null, hash: null };
    }),
  );
}

function partsByFlight(images: readonly SplitImage[], parts: readonly string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  images.forEach(({ flight }, index) => found.set(flight, (found.get(flight) ?? new Set()).add(parts[index])));
  return found;
}

describe('a split by flight', () => {
  test('never cuts a flight and leaves no part empty, whatever the flights', () => {
    const sizes = fc.dictionary(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 40 }), {
      minKeys: 3,
      maxKeys: 20,
    });
    fc.assert(
      fc.property(sizes, (flights) => {
        const images = imagesOf(flights);
        const { parts } = planSplit(images, SHARES, false);
        expect(new Set(parts).size).toBe(PARTS.length);
        for (const found of partsByFlight(images, parts).values()) expect(found.size).toBe(1);
      }),
    );
  });

  test('comes as near to the shares as the flights allow', () => {
    const flights = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`flight-${index}`, 10]));
    const { parts, warnings } = planSplit(imagesOf(flights), SHARES, false);
    expect(PARTS.map((part) => parts.filter((other) => other === part).length)).toEqual([140, 30, 30]);
    expect(warnings).toEqual([]);
  });

  test('does not depend on the order of the images', () => {
    const images = imagesOf({ a: 3, b: 4, c: 5, d: 6, e: 7 });
    const forwards = planSplit(images, SHARES, false).parts;
    const backwards = planSplit([...images].reverse(), SHARES, false).parts;
    expect([...backwards].reverse()).toEqual(forwards);
  });

  test('keeps flights with near-duplicate frames together, and says so', () => {
    const images = imagesOf({ a: 2, b: 2, c: 2, d: 2 }).map((image, index) => ({
      ...image,
      // The last frame of flight a and the first of flight d show the same view.
      hash: index === 1 || index === 6 ? '0123456789abcdef' : null,
    }));
    const { parts, joinedFlights, nearDuplicates } = planSplit(images, SHARES, false);
    expect(parts[0]).toBe(parts[7]);
    expect(joinedFlights).toEqual([['a', 'd']]);
    expect(nearDuplicates).toEqual([['a/0001.jpg', 'd/0000.jpg']]);
  });

  test('warns of a part that is far from its share', () => {
    const { warnings } = planSplit(imagesOf({ a: 50, b: 50, c: 50 }), SHARES, false);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/train part holds 33 % of the images where 70 % were asked for/);
  });

  test('is refused for fewer than three flights, and for three of which two show the same views', () => {
    expect(() => planSplit(imagesOf({ a: 9, b: 9 }), SHARES, false)).toThrow(/come from 2 flights \(a, b\)/);
    const alike = imagesOf({ a: 2, b: 2, c: 2 }).map((image) => ({
      ...image,
      hash: image.flight === 'c' ? null : 'ffff0000ffff0000',
    }));
    expect(() => planSplit(alike, SHARES, false)).toThrow(/because a and b share near-duplicate frames/);
  });
});

describe('a split by time', () => {
  test('cuts each flight into blocks in the order of capture, with a warning', () => {
    const images = imagesOf({ a: 20, b: 20 });
    // Captured in the reverse order of their names.
    const timed = images.map((image, index) => ({ ...image, capturedAt: `2025-01-01T10:${String(59 - index)}:00` }));
    const { parts, method, warnings } = planSplit(timed, SHARES, true);
    expect(method).toBe('time-blocks');
    expect(parts.slice(0, 20)).toEqual([
      ...Array<string>(3).fill('test'),
      ...Array<string>(3).fill('validation'),
      ...Array<string>(14).fill('train'),
    ]);
    expect(warnings).toEqual([expect.stringMatching(/Only 2 of the three flights.*0 groups of near-duplicate/)]);
  });

  test('is not made where there are three flights', () => {
    expect(planSplit(imagesOf({ a: 5, b: 5, c: 5 }), SHARES, true).method).toBe('flights');
  });

  test('needs three images of each flight', () => {
    expect(() => planSplit(imagesOf({ a: 9, b: 2 }), SHARES, true)).toThrow(/The flight b has 2 images/);
  });
});
