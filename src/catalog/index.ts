// The door of the catalog.
export { boundaryStatements } from './boundary';
export { CatalogStack, type CatalogStackProps, type OfferedRelease } from './catalog-stack';
export { FoundationStack, type FoundationStackProps } from './foundation-stack';
export { launchPolicy, launchStatements, type Statement } from './launch-policy';
export { serviceCatalogStatements, studioStatements } from './launch-fixed';
export { LaunchPolicyError } from './resource-pattern';
export { synthesizeTemplate, type Resource, type SynthesizedTemplate, type Template } from './synthesize';
