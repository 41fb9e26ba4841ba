// What the evaluate step leaves: `evaluation.json`, charts, mosaics and golden predictions.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison } from '../metrics';
import type { Sidecar } from '../model';
import { confidenceChart, confusionChart, precisionRecallChart } from './charts';
import type { ModelEvaluation, ModelEvaluationInputs } from './evaluate-model';
import { judge, type GateThreshold, type GateVerdict } from './gate';

export interface WrittenEvaluation {
  readonly sidecar: Sidecar;
  /** SHA-256 of `model.onnx`. */
  readonly modelHash: string;
  readonly gate: readonly GateThreshold[];
  readonly settings: Pick<ModelEvaluationInputs, 'tiling' | 'merge'>;
}

/** Writes everything below `folder` and returns the gate's verdict. */
export async function writeEvaluation(
  folder: string,
  evaluation: ModelEvaluation,
  { sidecar, modelHash, gate, settings }: WrittenEvaluation,
): Promise<GateVerdict> {
  const { operatingPoint, validation, sliced, fullFrame, confusion, gallery, golden, images, dropped } = evaluation;
  const comparison = withNumbers(evaluation.comparison);
  await mkdir(join(folder, 'images'), { recursive: true });
  const result = sliced.result();
  const verdict = judge(gate, { ...result, comparison });
  const { worst, best } = await gallery.mosaics();
  const { classes, imageSize, license, trainer, provenance } = sidecar;
  const document = {
    format: 'drone-mlops/evaluation@1',
    images,
    dropped,
    operatingPoint: { ...operatingPoint, validation },
    settings,
    sliced: {
      ...result,
      confusion: {
        confidence: confusion.confidence,
        iou: confusion.iou,
        classes: [...classes, 'background'],
        counts: confusion.counts,
      },
    },
    fullFrame: fullFrame.result(),
    comparison,
    gate: verdict,
    gallery: { worst: worst.entries, best: best.entries },
    model: { sha256: modelHash, classes, imageSize, license, trainer, seed: provenance.seed },
    dataVersion: provenance.dataVersion,
  };
  await Promise.all([
    writeFile(join(folder, 'evaluation.json'), `${JSON.stringify(document, null, 2)}\n`),
    writeFile(join(folder, 'pr-curve.svg'), precisionRecallChart(sliced)),
    writeFile(join(folder, 'confidence-curves.svg'), confidenceChart(sliced, operatingPoint.confidence)),
    writeFile(join(folder, 'confusion-matrix.svg'), confusionChart(classes, confusion)),
    writeFile(join(folder, 'images', 'worst.jpg'), worst.jpeg),
    writeFile(join(folder, 'images', 'best.jpg'), best.jpeg),
    golden.write(folder, {
      ...{ ...settings, confidence: operatingPoint.confidence, iou: operatingPoint.iou },
      wholeFrame: operatingPoint.wholeFrame,
    }),
  ]);
  return verdict;
}

/** With 0 and 1 beside the verdict, as a pipeline's condition compares numbers; where no model is live, any is better. */
function withNumbers(comparison: Comparison | null) {
  if (!comparison) return { verdict: 'no live model', better: 1, notWorse: 1 };
  const { verdict } = comparison;
  return { ...comparison, better: verdict === 'better' ? 1 : 0, notWorse: verdict === 'worse' ? 0 : 1 };
}
