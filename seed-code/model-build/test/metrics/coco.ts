// COCO's annotations and results as values, evaluated through the public API.
import { DetectionEvaluation, type EvaluationOptions } from '../../src/metrics';
import type { Box } from '../../src/vision';

export type CocoBox = readonly [x: number, y: number, width: number, height: number];

export interface CocoTruth {
  readonly images: readonly { readonly id: number; readonly width: number; readonly height: number }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly annotations: readonly {
    readonly id: number;
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: CocoBox;
    readonly area: number;
    readonly iscrowd: number;
  }[];
}

export interface CocoDetection {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: CocoBox;
  readonly score: number;
}

/** Evaluates with boxes as corners, image by image. Categories must be sorted by id. */
export function evaluateCoco(
  { images, categories, annotations }: CocoTruth,
  results: readonly CocoDetection[],
  options: Omit<EvaluationOptions, 'classes'> = {},
): DetectionEvaluation {
  const evaluation = new DetectionEvaluation({ ...options, classes: categories.map(({ name }) => name) });
  const classOf = new Map(categories.map(({ id }, index) => [id, index]));
  for (const { id } of images) {
    const truths = annotations
      .filter(({ image_id }) => image_id === id)
      .map(({ bbox, category_id, area, iscrowd }) => ({
        box: corners(bbox),
        classIndex: classOf.get(category_id) ?? -1,
        area,
        crowd: iscrowd === 1,
      }));
    const detections = results
      .filter(({ image_id }) => image_id === id)
      .map(({ bbox, category_id, score }) => ({
        box: corners(bbox),
        classIndex: classOf.get(category_id) ?? -1,
        score,
      }));
    evaluation.add({ id, truths, detections });
  }
  return evaluation;
}

function corners([x, y, width, height]: CocoBox): Box {
  return [x, y, x + width, y + height];
}
