// A training run on a terminal while it goes on: one line that is written over, and below it a line for each look at it.
import type { Log } from '../sagemaker';
import type { MetricSink, MetricValues } from '../training';

export interface TrainingView {
  readonly log: Log;
  readonly metrics: MetricSink;
  /** What was measured last, by metric. */
  readonly latest: () => MetricValues;
}

/** Shown of the metrics, in this order, where they are there. */
const SHOWN: readonly (readonly [name: string, metric: string])[] = [
  ['mAP50', 'validation.mAP50'],
  ['mAP50-95', 'validation.mAP50_95'],
  ['precision', 'validation.precision'],
  ['recall', 'validation.recall'],
  ['box loss', 'train.box_loss'],
  ['class loss', 'train.class_loss'],
  ['validation box loss', 'validation.box_loss'],
  ['validation class loss', 'validation.class_loss'],
];

/** @param stream a terminal, or whatever stands in its place: there no line is written over */
export function trainingView(stream: { readonly isTTY?: boolean; write(text: string): unknown }): TrainingView {
  let latest: MetricValues = {};
  const clear = stream.isTTY ? '\r\u001b[K' : '';
  const line = (text: string): void => {
    stream.write(`${clear}${text}\n`);
  };
  return {
    latest: () => latest,
    log: (event, fields = {}) => {
      if (event === 'training-progress') {
        if (stream.isTTY) stream.write(`${clear}${placeOf(fields)}`);
      } else if (event === 'ultralytics') line(String(fields.line));
      else line(`${event} ${textOf(fields)}`.trimEnd());
    },
    metrics: {
      record: (step, values) => {
        latest = { ...latest, ...values };
        const shown = SHOWN.flatMap(([name, metric]) =>
          values[metric] === undefined ? [] : `${name} ${values[metric].toFixed(4)}`,
        );
        line(`${String(step).padStart(6)}  ${shown.join('  ')}`);
      },
      resumed: (step) => {
        line(`Goes on after ${step}, from the checkpoint of the run that was interrupted.`);
      },
    },
  };
}

/** `epoch 2 of 5, step 83 of 150`. */
function placeOf({ epoch, epochs, step, steps }: Readonly<Record<string, unknown>>): string {
  const of = (name: string, value: unknown, total: unknown): string[] =>
    typeof value === 'number' && typeof total === 'number' ? [`${name} ${value} of ${total}`] : [];
  return [...of('epoch', epoch, epochs), ...of('step', step, steps)].join(', ');
}

function textOf(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
