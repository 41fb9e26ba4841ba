import { DefinitionEditError, addToList } from '../../src/cli/add/definition';

const add = (source: string, item = "'boat'", fallback: readonly string[] = ["'car'"]): string =>
  addToList(source, '.projenrc.ts', { option: 'classes', item, fallback });

describe('adding to a list of the definition', () => {
  test.each([
    [
      'on one line',
      "new DroneMlopsProject({ classes: ['car'] });",
      "new DroneMlopsProject({ classes: ['car', 'boat'] });",
    ],
    [
      'with a comma at its end',
      "new DroneMlopsProject({ classes: ['car',] });",
      "new DroneMlopsProject({ classes: ['car', 'boat'] });",
    ],
    ['that is empty', 'new ModelBuildProject({ classes: [] });', "new ModelBuildProject({ classes: ['boat'] });"],
    [
      'over several lines, with comments',
      "new DroneMlopsProject({\n  // what we look for\n  classes: [\n    'car', // the most\n    'bus' /* few */\n  ],\n  epochs: 3, // enough\n});",
      "new DroneMlopsProject({\n  // what we look for\n  classes: [\n    'car', // the most\n    'bus', /* few */\n    'boat',\n  ],\n  epochs: 3, // enough\n});",
    ],
    [
      'whose bracket closes behind the last item',
      "new DroneMlopsProject({\n  classes: [\n    'car',\n    'bus'],\n});",
      "new DroneMlopsProject({\n  classes: [\n    'car',\n    'bus', 'boat'],\n});",
    ],
    [
      'that is not named yet: its default comes along',
      "const project = new DroneMlopsProject({\n  projectName: 'x', // ours\n});\nproject.synth();",
      "const project = new DroneMlopsProject({\n  projectName: 'x', // ours\n  classes: ['car', 'boat'],\n});\nproject.synth();",
    ],
    [
      'of a definition without options',
      'new DroneMlopsProject({});',
      "new DroneMlopsProject({\n  classes: ['car', 'boat'],\n});",
    ],
    [
      'named in quotes',
      "new DroneMlopsProject({ 'classes': ['car'] });",
      "new DroneMlopsProject({ 'classes': ['car', 'boat'] });",
    ],
  ])('one %s', (_what, before, after) => {
    expect(add(before)).toBe(after);
  });

  test('leaves lists of the same name elsewhere alone', () => {
    const source = "const classes = ['other'];\nnew DroneMlopsProject({ classes: ['car'] });";
    expect(add(source)).toBe("const classes = ['other'];\nnew DroneMlopsProject({ classes: ['car', 'boat'] });");
  });

  test.each([
    [
      'a variable',
      'new DroneMlopsProject({\n  classes: ours,\n});',
      /\.projenrc\.ts:2: classes is not a list .* add 'boat' by hand/,
    ],
    ['a shorthand', 'new DroneMlopsProject({ classes });', /\.projenrc\.ts:1: classes is not a list/],
    [
      'no options in sight',
      'new DroneMlopsProject(options);',
      /constructs no DroneMlopsProject or ModelBuildProject with its options/,
    ],
  ])('refuses %s, and says where and what to do', (_what, source, message) => {
    expect(() => add(source)).toThrow(DefinitionEditError);
    expect(() => add(source)).toThrow(message);
  });
});
