// The door of the options: the table and what comes from it.
import type { ProjectOptions } from './project-options';
import type { TableOptions } from './resolve';

export { optionFlag, toFlags } from './flags';
export { optionsTable } from './documentation';
export { interfaceSource } from './interface-source';
export { projenManifest } from './manifest';
export type { Option } from './option';
export type { ProjectOptions } from './project-options';
export {
  OPTION_NAMES,
  OptionError,
  type OptionName,
  type ResolvedOptions,
  faultOf,
  optionOf,
  resolveOptions,
} from './resolve';
export { GATE_METRICS, PIPELINE_STEPS } from './table';
export { STEP_KINDS, type AddedStep } from './kind';

// The generated interface and the table agree, or this does not compile.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Holds<T extends true> = T;
export type InterfaceAgreesWithTable = Holds<Same<ProjectOptions, TableOptions>>;
