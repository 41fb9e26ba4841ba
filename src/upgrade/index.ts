// The door of upgrading: the base, the merge, and the one way in which generated files reach a project.
export { BASE_FILE, NewerBaseError } from './base';
export type { Base, BaseEntry } from './base';
export type { FileContent } from './content';
export { PENDING_FOLDER, recover } from './journal';
export { checkManifest, UnreadableJsonError } from './manifest';
export type { ConflictStyle } from './merge-text';
export type { Migration } from './migration';
export { withOutcome } from './outcome';
export type { Rename, Template } from './plan';
export { type UpgradePolicies, type UpgradePolicy, policiesBelow } from './policy';
export { type RenderedRoot, regenerate } from './regenerate';
export { type Change, type Report, conflictsOf, describeChange, describeConflicts, needsAttention } from './report';
export { RegenerationError, regenerateProject } from './run-definition';
export { DEFAULT_SETTINGS, SETTINGS_VARIABLE, type Settings, settingsFrom } from './settings';
export { ConflictsError, HandEditsError, UnresolvedConflictsError } from './stopped';
export { UpgradeError, type UpgradeRequest, type UpgradeResult, upgradeProject } from './upgrade-project';
export { compareVersions } from './version-order';
