// The door of the project types.
export { DroneMlopsProject, type DroneMlopsProjectOptions } from './drone-mlops-project';
export type { Generator } from './generator-dependency';
export { ModelBuildProject, type ModelBuildProjectOptions } from './model-build-project';
export { PACKAGE_NAME, PACKAGE_ROOT, installedTarball, packageVersion } from '../package-root';
export { renderText } from './templates';
export { OVERRIDES, VERSIONS, pinned } from './versions';
