import { createHash } from 'node:crypto';
import { DATA_KEYS, pushVersion, type ObjectStore, type PushSummary } from '../../src/dataset';
import { photo, temporaryFolder } from './folders';
import { MemoryStore } from './memory-store';

function push(dir: string, store: ObjectStore | null, options = {}): Promise<PushSummary> {
  return pushVersion({
    dir,
    classes: ['car', 'person'],
    allowOtherClasses: false,
    store,
    onProgress: () => undefined,
    ...options,
  });
}

const YAML = { 'data.yaml': 'names: [car, person]' };

describe('pushing a folder', () => {
  test('writes each image under its content’s hash, and a manifest under its own', async () => {
    const image = await photo(1, { takenAt: '2025:05:06 12:10:04', orientation: 6 });
    const dir = temporaryFolder({ ...YAML, 'images/n/1.JPG': image, 'labels/n/1.txt': '0 .5 .5 .1 .1\r\n' });
    const store = new MemoryStore();
    const { version, uploaded, images, bytes, warnings } = await push(dir, store);
    expect({ uploaded, images, bytes, warnings }).toEqual({
      uploaded: 1,
      images: 1,
      bytes: image.length,
      warnings: [],
    });

    const manifest = store.objects.get(DATA_KEYS.manifest(version)) ?? Buffer.alloc(0);
    expect(createHash('sha256').update(manifest).digest('hex')).toBe(version);
    const [header, record] = manifest
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
    expect(header).toEqual({
      format: 'drone-mlops/data-version@1',
      classes: ['car', 'person'],
      images: 1,
      bytes: image.length,
    });
    const object = `${createHash('sha256').update(image).digest('hex')}.jpg`;
    expect(store.objects.get(`data/objects/${object}`)).toEqual(image);
    expect(record).toEqual({
      path: 'images/n/1.JPG',
      object,
      bytes: image.length,
      // As it is seen: the camera was held upright.
      width: 64,
      height: 96,
      capturedAt: '2025-05-06T12:10:04',
      hash: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      labels: '0 .5 .5 .1 .1\r\n',
    });
  });

  test('gives the same version from the same content in every bucket, and another for one more box', async () => {
    const files = { ...YAML, 'b.jpg': await photo(1), 'b.txt': '', 'a.jpg': await photo(2), 'a.txt': '' };
    const first = await push(temporaryFolder(files), new MemoryStore());
    expect((await push(temporaryFolder(files), new MemoryStore())).version).toBe(first.version);
    const changed = { ...files, 'a.txt': '0 .5 .5 .1 .1' };
    expect((await push(temporaryFolder(changed), new MemoryStore())).version).not.toBe(first.version);
  });

  test('uploads only what is not there, and names the version last', async () => {
    const dir = temporaryFolder({ ...YAML, '1.jpg': await photo(1), '2.jpg': await photo(2) });
    const store = new MemoryStore();
    const { version } = await push(dir, store);
    expect(store.written.slice(2)).toEqual([DATA_KEYS.manifest(version), DATA_KEYS.latest]);
    expect(JSON.parse(store.objects.get(DATA_KEYS.latest)?.toString() ?? '')).toEqual({ version });
    store.written.length = 0;
    expect(await push(dir, store)).toMatchObject({ version, uploaded: 0 });
    expect(store.written).toEqual([DATA_KEYS.latest]);
  });

  test('without a store reads everything and writes nothing', async () => {
    const dir = temporaryFolder({ ...YAML, '1.jpg': await photo(1) });
    const { version } = await push(dir, new MemoryStore());
    expect(await push(dir, null)).toMatchObject({ version, uploaded: 0, images: 1 });
  });

  test('keeps an image once that is there twice, and warns of what a person may not have meant', async () => {
    const image = await photo(1);
    const whole = await photo(2, { width: 400, height: 300 });
    const cut = whole.subarray(0, whole.length / 2);
    const { images, warnings } = await push(
      temporaryFolder({
        ...YAML,
        'a.jpg': image,
        'a.txt': '',
        'b.JPEG': image,
        'cut.jpg': cut,
        'cut.txt': '',
        'd.txt': '',
      }),
      null,
    );
    expect(images).toBe(2);
    expect(warnings).toEqual([
      expect.stringMatching(/^1 label files belong to no image: d\.txt\.$/),
      expect.stringMatching(/^1 images repeat another’s content .*: b\.JPEG\.$/),
      expect.stringMatching(/^1 images are cut short; .*: cut\.jpg\.$/),
    ]);
  });

  test('is refused for a file that is no image, by its name', async () => {
    const dir = temporaryFolder({ ...YAML, 'a.jpg': await photo(1), 'broken.jpg': 'no image' });
    await expect(push(dir, null)).rejects.toThrow(/1 files of .* are no images that can be read, broken\.jpg/);
  });

  test('is refused for classes that are not the project’s, unless others are allowed', async () => {
    const dir = temporaryFolder({ 'classes.txt': 'person\ncar', 'a.jpg': await photo(1) });
    await expect(push(dir, null)).rejects.toThrow(/has the classes person, car where the project has car, person/);
    expect((await push(dir, null, { allowOtherClasses: true })).classes).toEqual(['person', 'car']);
  });

  test('takes the project’s classes where the folder names none', async () => {
    expect((await push(temporaryFolder({ 'a.jpg': await photo(1) }), null)).classes).toEqual(['car', 'person']);
  });
});
