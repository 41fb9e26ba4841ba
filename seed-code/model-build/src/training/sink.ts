// Who watches a run while it trains: its log, whose lines CloudWatch turns into metrics, and a tracker where there is one.
import type { Log } from '../sagemaker';

/** Values of one step, by metric: `train.*` and `validation.*`, names that CloudWatch and MLflow both take. */
export type MetricValues = Readonly<Record<string, number>>;

/** Takes a run's metrics as they come. It answers at once and never throws: training waits for nobody who watches it. */
export interface MetricSink {
  /** @param step the trainer's own count: epochs for Ultralytics, optimiser steps for the baseline; 1 is the first */
  record(step: number, values: MetricValues): void;
  /** The run goes on from a checkpoint: steps up to `step` were recorded before, by the job that was interrupted. */
  resumed(step: number): void;
}

/** Hands everything to each of several. */
export function fanOut(...sinks: readonly MetricSink[]): MetricSink {
  return {
    record: (step, values) => {
      for (const sink of sinks) sink.record(step, values);
    },
    resumed: (step) => {
      for (const sink of sinks) sink.resumed(step);
    },
  };
}

/** One line a step: `{"event":"metrics","step":3,"resumedFrom":null,"validation.mAP50":0.5}`. */
export function logSink(log: Log): MetricSink {
  let resumedFrom: number | null = null;
  return {
    record: (step, values) => {
      log('metrics', { step, resumedFrom, ...values });
    },
    resumed: (step) => {
      resumedFrom = step;
      log('training-resumed', { step });
    },
  };
}

/** A metric definition of CreateTrainingJob: CloudWatch keeps the number that `Regex` finds in a line of the log. */
export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}

/** What SageMaker makes CloudWatch metrics of: those of both trainers, by the names that {@link logSink} writes. */
export const METRIC_NAMES = [
  'train.class_loss',
  'train.box_loss',
  'train.dfl_loss',
  'validation.class_loss',
  'validation.box_loss',
  'validation.dfl_loss',
  'validation.precision',
  'validation.recall',
  'validation.mAP50',
  'validation.mAP50_95',
] as const;

/** Source of the form: API reference, `MetricDefinition`; at most 40, a regular expression of at most 500 characters. */
export function metricDefinitions(): MetricDefinition[] {
  return METRIC_NAMES.map((name) => ({
    Name: name.replace('.', ':'),
    Regex: `"event":"metrics".*"${name.replaceAll('.', '\\.')}":([-+0-9.eE]+)`,
  }));
}
