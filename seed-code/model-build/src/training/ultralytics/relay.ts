// What `training/train.py` prints: events become log lines and metrics, other lines text.
import { z } from 'zod';
import type { TrainingContext } from '../trainer';

const eventSchema = z.looseObject({ event: z.string() });
const epochSchema = z.object({ epoch: z.int(), epochs: z.int(), values: z.record(z.string(), z.number().nullable()) });
const startedSchema = z.looseObject({ resumedFrom: z.int().nullable() });
const failedSchema = z.object({ reason: z.string() });

export interface Relay {
  readonly onLine: (line: string) => void;
  /** Why the program gave up, when it said so. */
  readonly reason: () => string | undefined;
}

export function relay({ log, metrics }: Pick<TrainingContext, 'log' | 'metrics'>): Relay {
  let reason: string | undefined;
  const tell = (event: string, fields: Record<string, unknown>): void => {
    switch (event) {
      case 'epoch': {
        const { epoch, epochs, values } = epochSchema.parse(fields);
        log('training-progress', { epoch, epochs });
        metrics.record(epoch, named(values));
        return;
      }
      case 'failed':
        ({ reason } = failedSchema.parse(fields));
        return;
      case 'training-started': {
        const { resumedFrom } = startedSchema.parse(fields);
        if (resumedFrom !== null) metrics.resumed(resumedFrom);
        log(event, fields);
        return;
      }
      default:
        log(event, fields);
    }
  };
  return {
    reason: () => reason,
    onLine: (line) => {
      const parsed = eventSchema.safeParse(parseJson(line));
      if (parsed.success) {
        const { event, ...fields } = parsed.data;
        tell(event, fields);
      } else if (line.trim() !== '') {
        log('ultralytics', { line });
      }
    },
  };
}

/** Ultralytics' names by ours: `metrics/mAP50-95(B)` → `validation.mAP50_95`. */
function named(values: Readonly<Record<string, number | null>>): Record<string, number> {
  const entries = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name
        .replace(/^(metrics|val)\//, 'validation.')
        .replace(/^(train|lr)\//, '$1.')
        .replace(/\(B\)$/, '')
        .replace('-', '_')
        .replace('cls_loss', 'class_loss'),
      value,
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
