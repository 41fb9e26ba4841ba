import { parseBuildspec } from '../../../../src/rehearsal/region/codebuild/buildspec';

describe('a buildspec', () => {
  test('is YAML, with what it does not say as the documentation has it', () => {
    expect(parseBuildspec('version: 0.2\nphases:\n  build:\n    commands:\n      - npm ci\n')).toMatchObject({
      shell: 'sh',
      exportedVariables: [],
      gitCredentialHelper: false,
      phases: [{ name: 'install', commands: [] }, { name: 'pre_build' }, { name: 'build', commands: ['npm ci'] }, {}],
    });
  });

  test.each([
    ['another version', 'version: 0.1\nphases: {}', 'version'],
    ['an unknown member', 'version: 0.2\nphases: {}\nbatch: {}', 'buildspec: Unrecognized key: "batch"'],
    ['a misspelt phase', 'version: 0.2\nphases: {prebuild: {}}', 'phases: Unrecognized key: "prebuild"'],
    ['commands that are no list', 'version: 0.2\nphases: {build: {commands: npm ci}}', 'phases.build.commands'],
    [
      'a name that is variable and parameter',
      'version: 0.2\nenv: {variables: {A: b}, parameter-store: {A: c}}\nphases: {}',
      'A is a variable and a parameter',
    ],
    [
      'a variable that no shell has',
      'version: 0.2\nenv: {exported-variables: [a-b]}\nphases: {}',
      'env.exported-variables.0',
    ],
    ['what is no YAML', 'version: [', 'It is not YAML'],
    ['no phases', 'version: 0.2', 'phases'],
  ])('is refused for %s, naming the place', (_, text, message) => {
    expect(() => parseBuildspec(text)).toThrow(message);
  });
});
