export { rehearse, RehearsalError, type RehearsalEvent, type RehearsalOptions } from './rehearse';
export type { Outcome, RehearsalRecord } from './record';
export { renderReport } from './report';
export { TrainerError, type RehearsalTrainer } from './trainer';
