// `bench`: how close this code comes to the limits it is measured against, as ratios.
import { EVALUATION_MEASUREMENTS } from '../bench/evaluation';
import { type Measurement } from '../bench/measurement';
import { PROFILE_MEASUREMENTS } from '../bench/profile';
import { baselineOnSample } from '../bench/training';
import { VISION_MEASUREMENTS } from '../bench/vision';
import { parseCommandLine, withUsage } from './usage';

const USAGE = 'model-build bench [FRAMES…] [--model MODEL.onnx] [--python PYTHON]';

const MEASUREMENTS: readonly Measurement[] = [
  ...VISION_MEASUREMENTS,
  ...PROFILE_MEASUREMENTS,
  ...EVALUATION_MEASUREMENTS,
  baselineOnSample,
];

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals: frames } = parseCommandLine({
      args: [...args],
      allowPositionals: true,
      options: { model: { type: 'string' }, python: { type: 'string' } },
    });
    const context = { frames, model: values.model ?? null, python: values.python ?? null };
    for (const measurement of MEASUREMENTS) {
      const measured = await measurement.run(context);
      const result =
        'skipped' in measured ? `skipped: ${measured.skipped}` : `${measured.ratio.toFixed(3)} × (${measured.detail})`;
      process.stdout.write(`${measurement.name}\n  against ${measurement.limit}, ${measurement.must}: ${result}\n`);
    }
    return 0;
  });
}
