import { interruptionFault, interruptionOf, resumedStep } from '../../src/rehearsal/interruption';
import type { JobOutcome } from '../../src/rehearsal/jobs';

const outcome = (more: Partial<JobOutcome> = {}): JobOutcome => ({
  status: 'Completed',
  startTime: new Date(0),
  endTime: new Date(1),
  hosts: [],
  ...more,
});
const taken = { milliseconds: 1500, checkpoints: ['ultralytics.tar'] };

test('the step that a job went on from is read off its log', () => {
  expect(resumedStep('{"time":"2026","event":"training-resumed","step":12}')).toBe(12);
  expect(resumedStep('{"time":"2026","event":"metrics","step":12,"resumedFrom":null}')).toBeUndefined();
});

test('an interruption proves something only when it happened and the job went on', () => {
  const jobs = new Map([
    ['split', outcome()],
    ['train', outcome({ interruptions: [taken] })],
  ]);
  expect(interruptionFault(interruptionOf(jobs, 2))).toBeUndefined();
  expect(interruptionOf(jobs, 2)).toEqual({ ...taken, resumedFrom: 2 });
  expect(interruptionFault(interruptionOf(jobs, undefined))).toMatch(/began anew/);
  expect(interruptionFault(interruptionOf(new Map([['train', outcome()]]), undefined))).toMatch(/^No training job was/);
});
