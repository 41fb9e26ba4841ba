// What a conversion could not carry over as it stood: counted by kind, with a few places to look at.

/** Each kind of loss, as it is said of a number of things. */
export const LOSSES = {
  'area-dropped': 'areas that differ from their box’s were left out',
  'attribute-dropped': 'values that neither this model nor the target has a place for were left out',
  'box-clipped': 'boxes were cut to their frame',
  'box-rounded': 'boxes were rounded to whole pixels',
  'crowd-dropped': 'crowd boxes were left out: in the target they would be plain objects',
  'crowd-ignored': 'crowd boxes became ignored objects',
  'duplicate-object': 'objects that stood there twice were kept once',
  'empty-box': 'boxes without width or height were left out',
  'ignored-dropped': 'ignored objects were left out: in the target they would be plain objects',
  'label-without-image': 'label files that belong to no image were left out',
  'not-labelled': 'images whose labelling failed were left out',
  'outside-frame': 'boxes wholly outside their frame were left out',
  'region-dropped': 'regions without a class were left out',
  'row-beyond-frame': 'label rows with values outside 0 to 1 were left out: are they pixels?',
  'row-unreadable': 'label rows that are not of the format were left out',
  'score-dropped': 'confidences of labels were left out',
  'shape-dropped': 'masks or keypoints were left out: boxes are carried over',
  'unknown-class': 'objects of a class that is not named were left out',
  'unknown-image': 'annotations of an image that is not named were left out',
  'unread-image': 'images of a format that is not read (JPEG, PNG, TIFF and WebP are) were left out',
  'visibility-dropped': 'marks of truncation or occlusion were left out',
} as const;

export type LossKind = keyof typeof LOSSES;

export interface Loss {
  readonly kind: LossKind;
  readonly count: number;
  /** The first few places, each once. */
  readonly places: readonly string[];
}

const PLACES = 5;

/** Collects losses; memory does not grow with their number. */
export class Losses {
  private readonly kinds = new Map<LossKind, { count: number; places: string[] }>();

  /** @param place an image's path, or a key of the source */
  add(kind: LossKind, place: string, count = 1): void {
    if (count === 0) return;
    const loss = this.kinds.get(kind) ?? { count: 0, places: [] };
    this.kinds.set(kind, loss);
    loss.count += count;
    if (loss.places.length < PLACES && !loss.places.includes(place)) loss.places.push(place);
  }

  /** Sorted by kind. */
  report(): Loss[] {
    return [...this.kinds]
      .map(([kind, { count, places }]) => ({ kind, count, places }))
      .sort((a, b) => (a.kind < b.kind ? -1 : 1));
  }
}

/** A loss as a sentence. */
export function lossSentence({ kind, count, places }: Loss): string {
  return `${count} ${LOSSES[kind]} (${places.join(', ')}).`;
}
