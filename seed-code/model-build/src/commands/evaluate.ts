// `evaluate`: COCO's and Ultralytics' metrics of a results file against an annotations file.
import { evaluateCocoFiles, type EvaluationResult } from '../metrics';
import { numberFlag, parseCommandLine, UsageError, withUsage } from './usage';

const USAGE = 'model-build evaluate --truth COCO.json --detections RESULTS.json [--max-detections N] [--json]';

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values } = parseCommandLine({
      args: [...args],
      options: {
        truth: { type: 'string' },
        detections: { type: 'string' },
        'max-detections': { type: 'string', default: '100' },
        json: { type: 'boolean', default: false },
      },
    });
    if (values.truth === undefined || values.detections === undefined) {
      throw new UsageError('--truth and --detections are needed.');
    }
    const maxDetections = Math.trunc(numberFlag('max-detections', values['max-detections'], 1, 1e6));
    const result = (await evaluateCocoFiles(values.truth, values.detections, { maxDetections })).result();
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
    return 0;
  });
}

function table({ images, truths, coco, ultralytics }: EvaluationResult): string {
  const { rules, version, ...numbers } = ultralytics;
  const rows = (metrics: object) =>
    Object.entries(metrics).map(([name, value]: [string, number]) => `  ${name.padEnd(14)}${+value.toFixed(5)}\n`);
  const origin = version ?? 'rules of no single version';
  return [
    `${images} images, ${truths} truths\n`,
    'COCO (−1: no truth counts)\n',
    ...rows(coco),
    `Ultralytics (${origin}: integration ${rules.integration}, matching ${rules.matching})\n`,
    ...rows(numbers),
  ].join('');
}
