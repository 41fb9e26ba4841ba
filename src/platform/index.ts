// The door of the platform's constructs.
export { NAMES, type Named, type ResourceName } from './names';
export { PLATFORM_TAG, RUNTIME_IMAGES, platformNames, type PlatformNames, type RuntimeImage } from './platform-names';
export { PlainStack, type PlainStackProps } from './plain-stack';
export { ProjectStack, type DeployGround } from './project-stack';
export { retainedBucket } from './retained-bucket';
export { RuntimeImages, type RuntimeImagesProps } from './runtime-images';
export { s3Arn, sub } from './substitute';
export type { TemplateOptions, Vpc } from './template-options';
