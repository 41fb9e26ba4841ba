import { parse } from 'yaml';
import { synthesizeTemplate } from '../../src/catalog';
import { inventory } from './inventory';
import { OPTIONS } from './options';

describe('the project template', () => {
  const combinations = (['CodeConnections', 'CodeCommit'] as const).flatMap((repositoryProvider) =>
    (['aws', 'project'] as const).map((encryption) => ({ ...OPTIONS, repositoryProvider, encryption })),
  );

  test('is what was reviewed, for each place that a repository may live in', () => {
    for (const repositoryProvider of ['CodeConnections', 'CodeCommit'] as const) {
      expect(synthesizeTemplate({ ...OPTIONS, repositoryProvider }).yaml).toMatchSnapshot(repositoryProvider);
    }
  });

  test('uses these resource types, properties and intrinsics, and no others', () => {
    expect(inventory(combinations.map((options) => synthesizeTemplate(options).template))).toMatchSnapshot();
  });

  test('says the same as text as it does as a value, and the same bytes each time', () => {
    const { yaml, template } = synthesizeTemplate(OPTIONS);
    expect(parse(yaml, { version: '1.1' })).toEqual(template);
    expect(synthesizeTemplate(OPTIONS).yaml).toBe(yaml);
  });

  test('needs no bootstrapped account, no asset and no metadata of the CDK', () => {
    const { yaml } = synthesizeTemplate(OPTIONS);
    expect(yaml).not.toMatch(/BootstrapVersion|cdk-bootstrap|aws:cdk|AWS::CDK::Metadata|assets/);
  });
});
