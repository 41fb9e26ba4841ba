export { RehearsalError, type RehearsalEvent, type RehearsalOptions, type RehearsedPlatform } from './options';
export { rehearse } from './rehearse';
export type { Outcome, RehearsalRecord } from './record';
export { renderReport } from './report';
export { TrainerError, type RehearsalTrainer } from './trainer';
