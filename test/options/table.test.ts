import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATE_METRICS as SEED_METRICS } from '../../seed-code/model-build/src/config';
import { GATE_METRICS, OPTION_NAMES, faultOf, interfaceSource, optionOf, optionsTable } from '../../src/options';
import { LONGEST_NAME } from '../project/matrix';

const root = join(__dirname, '..', '..');

describe('the table of options', () => {
  test.each(OPTION_NAMES)(
    '%s is documented in one sentence, asked in one question, and keeps its own rules',
    (name) => {
      const option = optionOf(name);
      expect(option.doc).toMatch(/^[A-Z][^\n]+\.$/);
      expect(option.prompt).toMatch(/^[A-Z].+[?).]$/);
      if (option.presence === 'default') expect(faultOf(name, option.default)).toBeUndefined();
    },
  );

  test('is what the interface and the documentation in this repository say', () => {
    const generated = readFileSync(join(root, 'src', 'options', 'project-options.ts'), 'utf8');
    expect(generated).toContain(interfaceSource().join('\n'));
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(optionsTable().join('\n'));
  });

  test('knows the metrics that the seed code can gate on', () => {
    expect(GATE_METRICS).toEqual(SEED_METRICS);
  });
});

/** Names on AWS that begin with the project's, and the most that AWS allows (sources: each service's API reference). */
const DERIVED_NAMES: readonly [string, number, (name: string, id: string) => string][] = [
  ['model package group', 63, (name, id) => `${name}-${id}`],
  ['model, endpoint and endpoint configuration', 63, (name, id) => `sagemaker-${name}-${id}-model`],
  ['endpoint of a stage', 63, (name) => `${name}-production`],
  ['SageMaker pipeline', 256, (name, id) => `sagemaker-${name}-${id}-modelbuild`],
  ['CodePipeline', 100, (name, id) => `sagemaker-${name}-${id}-modeldeploy`],
  ['CodeCommit repository', 100, (name, id) => `sagemaker-${name}-${id}-modeldeploy`],
  ['CodeBuild project', 150, (name, id) => `sagemaker-${name}-${id}-testing`],
  ['CloudFormation stack', 128, (name, id) => `sagemaker-${name}-${id}-deploy-production`],
];

describe('a project name', () => {
  const PROJECT_ID = 'p-abcdefghijkl'; // as SageMaker makes them: p- and 12 characters

  test.each(DERIVED_NAMES)('of 32 characters gives a %s of at most %d', (_, most, derive) => {
    expect(LONGEST_NAME).toHaveLength(32);
    expect(faultOf('projectName', LONGEST_NAME)).toBeUndefined();
    const name = derive(LONGEST_NAME, PROJECT_ID);
    expect(name.length).toBeLessThanOrEqual(most);
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/); // SageMaker's pattern, the strictest of theirs
  });

  test('of one character more would break the longest of them', () => {
    expect(faultOf('projectName', `${LONGEST_NAME}x`)).toMatch(/1 to 32/);
    expect(`sagemaker-${LONGEST_NAME}x-${PROJECT_ID}-model`.length).toBeGreaterThan(63);
  });

  test.each(['', '-a', 'a-', '1a', 'a_b', 'a.b', 'ü', 'a b'])('%j is refused', (name) => {
    expect(faultOf('projectName', name)).toMatch(/letters, digits and inner hyphens/);
  });
});
