// `images`: what is missing is built, and with --rebuild what is there, for releases that may be launched.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PACKAGE_ROOT } from '../../src/package-root';
import { assembly, PLATFORM, platformRepository } from '../rehearsal/region/platform/platform';
import { settings } from '../rehearsal/region/start';
import { freeze, publish, redefine } from './operator';
import { publishedPlatform } from './published';

jest.setTimeout(60_000);

const published = publishedPlatform();

/** The build that an image is of: the digests of a test are the builds' numbers. */
const build = (number: number) => expect.stringMatching(new RegExp(`@sha256:0+${number}$`)) as unknown;

test('what a release has stays; what it lacks is built; a rebuild builds what may be launched again', async () => {
  // GIVEN two releases, of which the older may no longer be launched
  const { region, dir, operate } = await published();
  redefine(dir, { supportedReleases: 1 });
  await freeze(dir, '1.1.0', 'and more');
  await publish(region, dir);
  const images = async (...args: readonly string[]) =>
    JSON.parse((await operate('images', '--poll-seconds', '0.1', '--json', ...args)).printed) as object;
  const both = (number: number) => ({ node: build(number), training: build(number) });
  // THEN
  expect(await images()).toEqual({ built: [], images: { '1.0.0': both(1), '1.1.0': both(2) }, written: true });
  expect(await images('--rebuild', '--plan')).toEqual({
    built: ['1.1.0'],
    images: { '1.0.0': both(1), '1.1.0': both(2) },
    written: false,
  });
  expect(await images('--rebuild')).toEqual({
    built: ['1.1.0'],
    images: { '1.0.0': both(1), '1.1.0': both(3) },
    written: true,
  });

  const Name = `/drone-mlops/${PLATFORM}/releases/1.0.0/images/training`;
  await new SSMClient(settings(region)).send(new DeleteParameterCommand({ Name }));
  expect(await images()).toMatchObject({ built: ['1.0.0'], images: { '1.0.0': both(4), '1.1.0': both(3) } });
});

test('a build that fails says where, and how to go on', async () => {
  const { dir, operate } = await published();
  const file = join(dir, 'images', 'buildspec.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('node images/record.cjs', 'exit 7'));
  const { code, said } = await operate('images', '--rebuild', '--poll-seconds', '0.1');
  expect(code).toBe(1);
  expect(said).toMatch(
    /The images of 1\.0\.0 could not be built: \S+ ended as FAILED in BUILD: .*exit 7.* Its log: `aws logs tail \S+ --log-stream-names \S+`\. Then run `npx drone-mlops images` again\.$/,
  );
});

test('every image keeps a tag of its own, and only what has none ever goes', () => {
  // GIVEN what builds images, and the lifecycle of where they are kept
  const script = readFileSync(join(PACKAGE_ROOT, 'seed-code', 'platform', 'images', 'build.sh'), 'utf8');
  const repository = publishedRepository();
  // THEN
  expect(script.match(/docker push .*/g)).toEqual(['docker push --quiet "$REPOSITORY:$tag"']);
  expect(script).toContain('tag=$1-$release-$build');
  expect(script).toContain('build=$(date -u +%Y%m%dT%H%M%S)');
  expect(repository.ImageTagMutability).toBe('IMMUTABLE');
  const { rules } = JSON.parse(repository.LifecyclePolicy.LifecyclePolicyText) as {
    readonly rules: readonly { readonly selection: { readonly tagStatus: string } }[];
  };
  expect(rules.map(({ selection }) => selection.tagStatus)).toEqual(['untagged']);
});

interface Repository {
  readonly ImageTagMutability: string;
  readonly LifecyclePolicy: { readonly LifecyclePolicyText: string };
}

function publishedRepository(): Repository {
  const outdir = assembly(platformRepository());
  const { Resources } = JSON.parse(readFileSync(join(outdir, 'Foundation.template.json'), 'utf8')) as {
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Repository }>>;
  };
  const [repository] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECR::Repository');
  if (repository === undefined) throw new Error('The foundation has no repository of images.');
  return repository.Properties;
}
