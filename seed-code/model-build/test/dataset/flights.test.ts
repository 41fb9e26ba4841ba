import { tellFlights } from '../../src/dataset';

const at = (path: string, capturedAt: string | null = null) => ({ path, capturedAt });

describe('flights', () => {
  test('by folder are the folders below images/', () => {
    const paths = ['images/north/1.jpg', 'images/north/am/2.jpg', 'south/images/3.jpg', 'images/4.jpg'];
    expect(
      tellFlights(
        paths.map((path) => at(path)),
        { by: 'folder' },
      ),
    ).toEqual(['north', 'north/am', 'south', '.']);
  });

  test('by pattern are its first group, else its match', () => {
    const images = [at('MOS75.png'), at('MOS155.png')];
    expect(tellFlights(images, { by: 'pattern', pattern: '^[A-Z]+(\\d)' })).toEqual(['7', '1']);
    expect(tellFlights(images, { by: 'pattern', pattern: '^[A-Z]+' })).toEqual(['MOS', 'MOS']);
  });

  test('by time begin after a gap, whatever the order of the images', () => {
    const images = [
      at('c.jpg', '2025-06-01T10:45:00'),
      at('a.jpg', '2025-06-01T10:00:00'),
      at('b.jpg', '2025-06-01T10:15:00'),
      at('d.jpg', '2025-06-01T10:46:00'),
    ];
    expect(tellFlights(images, { by: 'time-gap', minutes: 15 })).toEqual([
      '2025-06-01T10:45:00',
      '2025-06-01T10:00:00',
      '2025-06-01T10:00:00',
      '2025-06-01T10:45:00',
    ]);
  });

  test.each([
    ['a pattern that misses an image', { by: 'pattern', pattern: '^MOS' }, /finds no flight in x\.jpg/],
    ['a pattern that is not valid', { by: 'pattern', pattern: '(' }, /pattern "\(" is not valid/],
    ['images without a capture time', { by: 'time-gap', minutes: 5 }, /no capture time in the EXIF of x\.jpg/],
  ] as const)('are refused for %s', (_, rule, message) => {
    expect(() => tellFlights([at('x.jpg')], rule)).toThrow(message);
  });
});
