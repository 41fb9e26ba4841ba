// What a generated `.projenrc.ts` imports.
export { type ProjectOptions, OptionError } from './options';
export {
  DroneMlopsProject,
  type DroneMlopsProjectOptions,
  ModelBuildProject,
  type ModelBuildProjectOptions,
} from './project';
