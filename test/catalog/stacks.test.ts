import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { stringify } from 'yaml';
import { CatalogStack, FoundationStack, synthesizeTemplate, type Template } from '../../src/catalog';
import { inventory } from './inventory';
import { OPTIONS } from './options';

const STUDIO = ['service-role/AmazonSageMaker-ExecutionRole-*'];

function stacks(templates?: readonly Template[]): { foundation: Template; catalog: Template } {
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), 'stacks-')),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  const shared = { platform: OPTIONS.platform, studioRoles: STUDIO, tags: OPTIONS.tags };
  const { template } = synthesizeTemplate(OPTIONS);
  const foundation = new FoundationStack(app, 'Foundation', {
    ...shared,
    templates: templates ?? [template],
    acceptUltralyticsLicense: false,
  });
  const releases = [{ version: '0.1.0', templateKey: 'templates/drone-demo-0.1.0.yaml' }];
  const catalog = new CatalogStack(app, 'Catalog', { ...shared, releases });
  const assembly = app.synth();
  const templateOf = ({ artifactId }: { artifactId: string }) =>
    assembly.getStackArtifact(artifactId).template as Template;
  return { foundation: templateOf(foundation), catalog: templateOf(catalog) };
}

describe("a platform's own stacks", () => {
  test('are what was reviewed', () => {
    expect(stacks()).toMatchSnapshot();
  });

  test('stay what cdk deploys without a bucket, and the boundary what one policy holds, however many releases there are', () => {
    // GIVEN
    const versions = ['1.0.0', '1.1.0', '2.0.0', '10.20.30'];
    const releases = versions.map((release) =>
      synthesizeTemplate({ ...OPTIONS, release, seedKey: `releases/${release}/model-build-0123456789ab.zip` }),
    );
    // WHEN
    const { foundation } = stacks(releases.map(({ template }) => template));
    // THEN cdk, which counts YAML, deploys them from the template itself
    expect(stringify(foundation).length).toBeLessThanOrEqual(50 * 1024);
    const { PolicyDocument } = foundation.Resources.Boundary?.Properties as { readonly PolicyDocument: object };
    const longest = {
      'AWS::Partition': 'aws-us-gov',
      'AWS::Region': 'ap-southeast-1',
      'AWS::AccountId': '0'.repeat(12),
    };
    const filled = Object.entries(longest).reduce(
      (text, [name, value]) => text.replaceAll(`\${${name}}`, value),
      JSON.stringify(PolicyDocument).replace(/\{"Fn::Sub":("[^"]*")\}/g, '$1'),
    );
    expect(filled.replace(/\s/g, '').length).toBeLessThanOrEqual(6144);
  });

  test('use these resource types, properties and intrinsics, and no others', () => {
    expect(inventory(Object.values(stacks()))).toMatchSnapshot();
  });
});
