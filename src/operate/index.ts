// The door of what talks to AWS in a person's name.
export { closeAws, openAws, AwsAccessError, type Aws, type AwsSettings } from './aws';
export { freezeCandidate } from './candidate';
export { nameInProject, type StandingProject } from './follow';
export type { ImageBuilder } from './image-builds';
export { runtimeImages, type ImagesOptions, type ImagesResult } from './images';
export { launch, type Launch, type LaunchOptions } from './launch';
export type { LaunchRequest } from './launch-request';
export { checkTested, namesIn, readPlatform, type Platform, type PlatformNamesIn } from './platform';
export { planPublication, publish, type Publication, type StagePlan } from './publish';
export { release, type FrozenRelease, type ReleaseOptions } from './release';
export type { Change } from './site';
export type { Work } from './work';
