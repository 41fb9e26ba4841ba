import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CatalogStack, FoundationStack, synthesizeTemplate, type Template } from '../../src/catalog';
import { inventory } from './inventory';
import { OPTIONS } from './options';

const STUDIO = ['service-role/AmazonSageMaker-ExecutionRole-*'];

function stacks(): { foundation: Template; catalog: Template } {
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), 'stacks-')),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  const shared = { platform: OPTIONS.platform, studioRoles: STUDIO, tags: OPTIONS.tags };
  const { template } = synthesizeTemplate(OPTIONS);
  const foundation = new FoundationStack(app, 'Foundation', {
    ...shared,
    templates: [template],
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

  test('use these resource types, properties and intrinsics, and no others', () => {
    expect(inventory(Object.values(stacks()))).toMatchSnapshot();
  });
});
