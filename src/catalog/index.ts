// The door of the catalog.
export { boundaryStatements } from './boundary';
export { CatalogStack, VISIBILITY_TAG, type CatalogStackProps, type OfferedRelease } from './catalog-stack';
export { FoundationStack, type FoundationStackProps } from './foundation-stack';
export { launchPolicy, launchStatements, type Statement } from './launch-policy';
export { serviceCatalogStatements, studioStatements } from './launch-fixed';
export { RELEASES, addPlatformStacks, readDefinition, templateOptions } from './platform-app';
export {
  ReleaseError,
  checkVersion,
  deprecatedReleases,
  freezeRelease,
  readReleases,
  seedKey,
  templateKey,
  verifyReleases,
  type Release,
} from './releases';
export { SeedError, seedZip } from './seed';
export { LaunchPolicyError, arnPattern } from './resource-pattern';
export { HANDLERS } from './handlers';
export { synthesizeTemplate, type Resource, type SynthesizedTemplate, type Template } from './synthesize';
