// How existing templates fail their users, by the numbers of the list that this project keeps, as far as the project template answers for it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launchPolicy, serviceCatalogStatements, synthesizeTemplate, type Resource } from '../../src/catalog';
import { PACKAGE_ROOT } from '../../src/package-root';
import { OPTIONS } from './options';

const { template, yaml } = synthesizeTemplate(OPTIONS);
const codeCommit = synthesizeTemplate({ ...OPTIONS, repositoryProvider: 'CodeCommit' }).template;

function ofType(type: string, { Resources } = template): Resource[] {
  return Object.values(Resources).filter(({ Type }) => Type === type);
}

test('1: a project needs no CodeCommit: the repository may live on a host that a connection reaches', () => {
  expect(ofType('AWS::CodeCommit::Repository')).toEqual([]);
  expect(JSON.stringify(ofType('AWS::CodePipeline::Pipeline'))).toContain('CodeStarSourceConnection');
});

test('2: a check-in of the seed that fails says why: each of its ways to fail has a sentence with a remedy', () => {
  const { BuildSpec } = template.Resources.HookSeed?.Properties?.Source as { BuildSpec: string };
  const sentences = [...BuildSpec.matchAll(/SEED_ERROR=\\?"([^"\\]+)/g)].map(([, text]) => text);
  expect(sentences.length).toBe(4);
  for (const sentence of sentences) expect(sentence).toMatch(/: .*, then launch again\.$/);
});

test('3: the launch role may read roles, update what it made, and remove permissions of functions', () => {
  const actions = launchPolicy(template, OPTIONS.platform).flatMap(({ Action }) => Action);
  for (const action of ['iam:GetRole', 'codepipeline:UpdatePipeline', 'lambda:RemovePermission', 'sns:Unsubscribe']) {
    expect(actions).toContain(action);
  }
});

test('4: no bucket is named after the project, whose name may hold capitals', () => {
  expect(template.Resources.ArtifactBucket?.Properties?.BucketName).toEqual({
    'Fn::Sub': 'sagemaker-project-${SageMakerProjectId}',
  });
});

test('5: the group that builds register into is the group that the template makes', () => {
  const group = template.Resources.ArtifactModelPackageGroup?.Properties?.ModelPackageGroupName;
  const { EnvironmentVariables } = template.Resources.BuildBuild?.Properties?.Environment as {
    EnvironmentVariables: { Name: string; Value: unknown }[];
  };
  expect(EnvironmentVariables.find(({ Name }) => Name === 'MODEL_PACKAGE_GROUP_NAME')?.Value).toEqual(group);
});

test("6: Studio's form finds a label and a group for every parameter, and knows which are optional", () => {
  const { Metadata, Parameters } = template as unknown as {
    Metadata: {
      'AWS::CloudFormation::Interface': { ParameterGroups: { Parameters: string[] }[]; ParameterLabels: object };
      SagemakerTemplateParameterRules: object;
    };
    Parameters: object;
  };
  const layout = Metadata['AWS::CloudFormation::Interface'];
  const names = Object.keys(Parameters).sort();
  expect(layout.ParameterGroups.flatMap((group) => group.Parameters).sort()).toEqual(names);
  expect(Object.keys(layout.ParameterLabels).sort()).toEqual(names);
  expect(Metadata.SagemakerTemplateParameterRules).toEqual({ AlertEmail: { Optional: true } });
});

test('7: Studio lists the repository, wherever it lives', () => {
  expect(ofType('AWS::SageMaker::CodeRepository')).toHaveLength(1);
  expect(ofType('AWS::SageMaker::CodeRepository', codeCommit)).toHaveLength(1);
});

test('8: deleting a project keeps what holds work, clears away what builds made, and leaves no log group', () => {
  for (const { Type, DeletionPolicy } of Object.values(codeCommit.Resources)) {
    const kept = /Bucket|ModelPackageGroup|CodeCommit/.test(Type);
    expect([Type, DeletionPolicy === 'RetainExceptOnCreate']).toEqual([Type, kept]);
  }
  expect(ofType('Custom::ProjectHook')).toHaveLength(1);
});

test('9: functions run on a runtime that is not on its way out', () => {
  for (const { Properties } of ofType('AWS::Lambda::Function')) expect(Properties?.Runtime).toBe('nodejs24.x');
});

test("10: no Python SDK is between a project and SageMaker's pipelines", () => {
  expect(yaml).not.toMatch(/pip install|python/i);
});

test('14: the template needs no assets, of which products have none', () => {
  expect(yaml).not.toMatch(/cdk-bootstrap|AssetParameters|hnb659fds/);
});

test('beside them: parameters are those that the template uses, and the launch needs no file that is not here', () => {
  for (const name of Object.keys(template.Parameters)) expect(yaml).toMatch(new RegExp(`(Ref: |\\$\\{)${name}\\b`));
  expect(existsSync(join(PACKAGE_ROOT, 'seed-code', 'model-build', 'buildspec.yml'))).toBe(true);
  expect(serviceCatalogStatements().map(({ Sid }) => Sid)).toContain('ProvisionedStacks');
});
