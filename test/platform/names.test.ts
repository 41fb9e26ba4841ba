import { NAMES, platformNames } from '../../src/platform';

/** The longest that SageMaker gives: 32 characters of any case, and an id of `p-` and twelve. */
const LONGEST = { SageMakerProjectName: `A${'bC1-'.repeat(7)}xYz`, SageMakerProjectId: 'p-abcdefghij12' };
const SHORTEST = { SageMakerProjectName: 'A', SageMakerProjectId: 'p-abcdefghij12' };

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => values[name] ?? `?${name}?`);
}

test('the longest project name that is tried here has 32 characters of mixed case', () => {
  expect(LONGEST.SageMakerProjectName).toHaveLength(32);
  expect(LONGEST.SageMakerProjectId).toHaveLength(14);
});

describe.each(Object.entries(NAMES))('the name of the %s', (_, { text, limit, pattern }) => {
  test.each([
    ['longest', LONGEST],
    ['shortest', SHORTEST],
  ])('is accepted for the %s project name', (_length, values) => {
    const name = filled(text, values);
    expect(name.length).toBeLessThanOrEqual(limit);
    expect(name).toMatch(pattern);
  });

  test('differs from project to project', () => {
    expect(text).toContain('${SageMakerProjectId}');
  });
});

const ACCOUNT = { 'AWS::AccountId': '123456789012', 'AWS::Region': 'ap-southeast-1', 'AWS::Partition': 'aws' };

describe.each([
  ['short', 'survey'],
  ['long and of mixed case', 'A-Platform-Whose-Name-Is-32-Long'],
])('the names of a platform whose name is %s', (_, platform) => {
  const names = platformNames(platform);

  test('fit their services', () => {
    const bucket = filled(names.catalogBucket, ACCOUNT);
    expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    for (const role of [names.launchRole, names.templateLaunchRole, names.imageRole]) {
      expect(filled(role, ACCOUNT)).toMatch(/^[\w+=,.@-]{1,64}$/);
    }
    for (const policy of [names.boundary, names.studioPolicy, names.launchPolicy(9)]) {
      expect(filled(policy, ACCOUNT)).toMatch(/^[\w+=,.@-]{1,128}$/);
    }
    expect(names.imageRepository).toMatch(/^[a-z0-9]+(?:[._-][a-z0-9]+)*\/[a-z]+$/);
    expect(names.imageParameter('10.20.30', 'training')).toMatch(/^(\/[\w.-]+){6}$/);
  });
});

test('two long names that begin alike give two buckets', () => {
  const [one, two] = ['a-platform-for-surveys-north', 'a-platform-for-surveys-south'].map(platformNames);
  expect(one?.catalogBucket).not.toBe(two?.catalogBucket);
});
