// The project template as YAML, the only form that SageMaker takes from S3; Service Catalog gets the same bytes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { stringify } from 'yaml';
import { ProjectStack, type TemplateOptions } from '../platform';

/** A template, as text and as what the text says. */
export interface SynthesizedTemplate {
  readonly yaml: string;
  readonly template: Template;
}

/** The parts of a CloudFormation template that this code asks about. */
export interface Template {
  readonly Parameters: Readonly<Record<string, object>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[] | string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** YAML 1.1, as AWS and its linters read it: `2012-10-17` and `yes` are quoted there. No anchors: SageMaker's form knows none. */
const FORM = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

/** The same options give the same bytes. */
export function synthesizeTemplate(options: TemplateOptions): SynthesizedTemplate {
  const outdir = mkdtempSync(join(tmpdir(), 'drone-mlops-template-'));
  try {
    // The tests validate each combination of options; a synthesis has no need to wait for it.
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      builtinCloudFormationValidation: false,
    });
    const stack = new ProjectStack(app, 'Project', options);
    // CDK types a synthesised template as `any`; the stack has parameters and resources.
    const template = app.synth().getStackArtifact(stack.artifactId).template as Template;
    return { yaml: stringify(template, FORM), template };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
