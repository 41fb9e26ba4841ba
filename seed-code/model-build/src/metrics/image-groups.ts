// Images that share a flight and an altitude band: the smallest unit for which numbers are reported or resampled.

/** Lower ends, in metres above ground; 120 m is the ceiling for small drones in the EU (2019/947) and, as 400 ft, the US (part 107). */
const ALTITUDE_BANDS = [0, 30, 60, 120] as const;

export interface ImageGroup {
  readonly index: number;
  readonly flight: string | undefined;
  /** For example `30–60 m`; undefined where the altitude is not known. */
  readonly altitudeBand: string | undefined;
  images: number;
  /** Truths that count, at `classIndex * areaRanges + areaRange`. */
  readonly truths: Uint32Array;
}

export class ImageGroups {
  readonly all: ImageGroup[] = [];
  private readonly byKey = new Map<string, ImageGroup>();

  constructor(
    private readonly classes: number,
    private readonly areaRanges: number,
  ) {}

  /** The group of an image, made when it is the first. */
  of(flight: string | undefined, altitude: number | undefined): ImageGroup {
    const altitudeBand = altitude === undefined ? undefined : bandOf(altitude);
    const key = JSON.stringify([flight ?? null, altitudeBand ?? null]);
    let group = this.byKey.get(key);
    if (!group) {
      const truths = new Uint32Array(this.classes * this.areaRanges);
      group = { index: this.all.length, flight, altitudeBand, images: 0, truths };
      this.all.push(group);
      this.byKey.set(key, group);
    }
    return group;
  }
}

function bandOf(altitude: number): string {
  const index = Math.max(
    ALTITUDE_BANDS.findLastIndex((from) => altitude >= from),
    0,
  );
  const to = ALTITUDE_BANDS[index + 1];
  return to === undefined ? `≥ ${ALTITUDE_BANDS[index]} m` : `${ALTITUDE_BANDS[index]}–${to} m`;
}
