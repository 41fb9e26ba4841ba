// From a platform repository to its stacks: the definition as `drone-mlops.json` holds it, and the frozen releases.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { resolveOptions, type ResolvedOptions } from '../options';
import type { TemplateOptions } from '../platform';
import { CatalogStack } from './catalog-stack';
import { FoundationStack } from './foundation-stack';
import { readReleases } from './releases';
import { synthesizeTemplate } from './synthesize';

/** Where a platform repository keeps its frozen releases. */
export const RELEASES = join('catalog', 'releases');
/** What the template that is not released yet is called; nothing that is deployed shows it. */
const UNRELEASED = { release: '0.0.0', seedKey: 'releases/0.0.0/model-build.zip' };

/**
 * The definition of a platform.
 * @param dir its repository
 * @throws OptionError when `drone-mlops.json` holds what the table of options does not permit
 */
export function readDefinition(dir: string): ResolvedOptions {
  // Its keys are options, and projen's marker.
  const content = JSON.parse(readFileSync(join(dir, 'drone-mlops.json'), 'utf8')) as Record<string, unknown>;
  return resolveOptions(Object.fromEntries(Object.entries(content).filter(([name]) => name !== '//')));
}

/** What a template is made from. */
export function templateOptions(options: ResolvedOptions, release: string, seedKey: string): TemplateOptions {
  const { vpcId, subnetIds, securityGroupIds, permissionsBoundary, npmRegistry, trackingUri, alertEmail } = options;
  return {
    platform: options.projectName,
    release,
    seedKey,
    repositoryProvider: options.repositoryProvider,
    roles: options.roles,
    encryption: options.encryption,
    logRetentionDays: options.logRetentionDays,
    tags: options.tags,
    imageRepositories: options.imageRepositories,
    ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    ...(npmRegistry !== undefined && { npmRegistry }),
    ...(trackingUri !== undefined && { trackingUri }),
    ...(alertEmail !== undefined && { alertEmail }),
    ...(vpcId !== undefined && { vpc: { vpcId, subnetIds, securityGroupIds } }),
  };
}

/**
 * Adds the platform's stacks to an app: the foundation, and, once there is a release, the catalog.
 * @param dir the platform's repository
 */
export function addPlatformStacks(app: App, dir: string): void {
  const options = readDefinition(dir);
  const releases = readReleases(join(dir, RELEASES));
  const { template } = synthesizeTemplate(templateOptions(options, UNRELEASED.release, UNRELEASED.seedKey));
  const shared = { platform: options.projectName, studioRoles: options.studioRoles, tags: options.tags };
  new FoundationStack(app, 'Foundation', {
    ...shared,
    // Launching takes the same of each release as long as its template does.
    templates: [...releases.map((release) => release.template), template],
    acceptUltralyticsLicense: options.acceptUltralyticsLicense,
  });
  if (releases.length > 0) new CatalogStack(app, 'Catalog', { ...shared, releases });
}
