// `evaluate`: COCO's and Ultralytics' metrics of a results file against an annotations file.
import { evaluateCocoFiles, PINNED_RULES, PINNED_ULTRALYTICS } from '../metrics';
import { evaluationTable } from './evaluation-table';
import { numberFlag, parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `model-build evaluate --truth COCO.json --detections RESULTS.json [options]

  --truth COCO.json            Annotations in COCO's format.
  --detections RESULTS.json    Results in COCO's format, such as \`model-build predict --out RESULTS.json\` writes.
  --max-detections N           Detections of a class in an image that count for COCO's numbers. Default: 100.
  --integration, --matching    Ultralytics' rules. Default: those of ${PINNED_ULTRALYTICS}. \`--integration legacy\` is that of versions before
                               April 2026 (else current), \`--matching fall-back\` that since 8.4.176 (else first-choice).

  --json                       Print one JSON value on standard output.
  --help                       Print this.`;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, () => {
    const { values } = parseCommandLine({
      args: [...args],
      options: {
        truth: { type: 'string' },
        detections: { type: 'string' },
        'max-detections': { type: 'string', default: '100' },
        integration: { type: 'string', default: PINNED_RULES.integration },
        matching: { type: 'string', default: PINNED_RULES.matching },
        json: { type: 'boolean', default: false },
      },
    });
    if (values.truth === undefined || values.detections === undefined) {
      throw new UsageError('--truth and --detections are needed.');
    }
    const maxDetections = Math.trunc(numberFlag('max-detections', values['max-detections'], 1, 1e6));
    const { integration, matching } = values;
    if (integration !== 'current' && integration !== 'legacy') {
      throw new UsageError('--integration is current or legacy.');
    }
    if (matching !== 'first-choice' && matching !== 'fall-back') {
      throw new UsageError('--matching is first-choice or fall-back.');
    }
    const options = { maxDetections, ultralytics: { integration, matching } } as const;
    const result = evaluateCocoFiles(values.truth, values.detections, options).result();
    printOutcome(values.json, result, evaluationTable(result));
    return 0;
  });
}
