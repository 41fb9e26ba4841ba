// The door of the platform's constructs.
export { NAMES, type Named, type ResourceName } from './names';
export { PLATFORM_TAG, RUNTIME_IMAGES, platformNames, type PlatformNames, type RuntimeImage } from './platform-names';
export { ProjectStack } from './project-stack';
export type { TemplateOptions, Vpc } from './template-options';
