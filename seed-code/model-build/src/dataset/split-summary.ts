// `split.json`: what went where, and why.
import { PARTS, type Part } from './records';
import type { SplitImage, SplitPlan } from './split';
import { parseYoloLabels } from './yolo-labels';

/** An image as the plan needs it, with its boxes by class. */
export interface SummarisedImage extends SplitImage {
  readonly boxes: readonly number[];
}

/** How many boxes of each class a label file's text has. */
export function boxesByClass(labels: string | null, classes: readonly string[]): number[] {
  const boxes = classes.map(() => 0);
  for (const { classIndex } of parseYoloLabels(labels, classes.length).rows) boxes[classIndex] += 1;
  return boxes;
}

export function splitSummary(classes: readonly string[], images: readonly SummarisedImage[], plan: SplitPlan) {
  const partSummary = (part: Part) => {
    const members = images.filter((_, index) => plan.parts[index] === part);
    const objects = classes.map((_, label) => members.reduce((sum, { boxes }) => sum + boxes[label], 0));
    return {
      images: members.length,
      flights: [...new Set(members.map(({ flight }) => flight))].sort(),
      objects: Object.fromEntries(classes.map((name, label) => [name, objects[label]])),
    };
  };
  return {
    method: plan.method,
    parts: Object.fromEntries(PARTS.map((part) => [part, partSummary(part)])),
    joinedFlights: plan.joinedFlights,
    nearDuplicates: plan.nearDuplicates,
    warnings: plan.warnings,
  };
}
