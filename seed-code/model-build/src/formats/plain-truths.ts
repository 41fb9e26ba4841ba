// For formats that know boxes of classes only: the objects that they can hold, the rest counted.
import type { Truth } from '../vision';
import type { LabelledImage } from './labelled-image';
import type { Losses } from './losses';

/** An object with its class, and its confidence where it has one. */
export type ScoredTruth = Truth & { readonly score?: number };

/**
 * The plain objects of an image, in order. Crowds and ignored objects are left out, because they would become objects that a
 * detector must find. Scores are the caller's to count where its format has none.
 */
export function plainTruths({ path, objects }: LabelledImage, losses: Losses): ScoredTruth[] {
  return objects.flatMap(({ box, label, role, area, score, truncation, occlusion }) => {
    if (typeof label !== 'number') losses.add('region-dropped', path);
    else if (role) losses.add(role === 'crowd' ? 'crowd-dropped' : 'ignored-dropped', path);
    else {
      if (area !== undefined) losses.add('area-dropped', path);
      if (truncation || occlusion) losses.add('visibility-dropped', path);
      return [{ box, classIndex: label, ...(score === undefined ? {} : { score }) }];
    }
    return [];
  });
}
