// Whether scores can be read as probabilities: how often detections of a score are right.
// Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017 (expected calibration error).

/** Detections whose scores lie in one tenth of the scale. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly detections: number;
  readonly meanScore: number;
  /** Share that is right at IoU .5. */
  readonly precision: number;
}

export interface Calibration {
  /** Mean distance of score and precision over detections; null without detections. */
  readonly expectedError: number | null;
  /** Only bins that hold detections. */
  readonly bins: readonly CalibrationBin[];
}

const BINS = 10;

/** Collects scores one by one. */
export class CalibrationTally {
  private readonly detections = new Float64Array(BINS);
  private readonly scores = new Float64Array(BINS);
  private readonly right = new Float64Array(BINS);

  add(score: number, right: boolean): void {
    const bin = Math.min(Math.max(Math.floor(score * BINS), 0), BINS - 1);
    this.detections[bin] += 1;
    this.scores[bin] += score;
    if (right) this.right[bin] += 1;
  }

  result(): Calibration {
    const bins = Array.from(this.detections, (detections, bin) => ({
      from: bin / BINS,
      to: (bin + 1) / BINS,
      detections,
      meanScore: this.scores[bin] / detections,
      precision: this.right[bin] / detections,
    })).filter(({ detections }) => detections > 0);
    const total = bins.reduce((sum, { detections }) => sum + detections, 0);
    const distance = bins.reduce((sum, bin) => sum + bin.detections * Math.abs(bin.meanScore - bin.precision), 0);
    return { expectedError: total === 0 ? null : distance / total, bins };
  }
}
