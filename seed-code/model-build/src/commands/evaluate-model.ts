// `evaluate-model`: the metrics of a model on a labelled folder, shared by hosts where it is large.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { nameOf, sha256 } from '../dataset';
import { evaluateFolder } from '../evaluation';
import { DEFAULT_MERGE, openDetector } from '../vision';
import { DATA_FLAGS, dataUsage, openData, printShare } from './data-flags';
import { evaluationTable } from './evaluation-table';
import { sidecarOf, TILING_FLAGS, tilingOf, trainedOptions } from './model-flags';
import { progress } from './progress';
import { parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `model-build evaluate-model MODEL.onnx DIR [options]

  What is known of the model is read from model.json beside it. Images that training would drop are left out, and said.

  --as-trained   Look as the model does where it is served: its own tiles, and the whole frame if its evaluation chose so.
  --tile S       Cut frames into tiles; with --overlap R (default 0.2) and --merge nms|nmm (default ${DEFAULT_MERGE.method}).
${dataUsage('evaluate-model', 'evaluation.json')}`;

const FLAGS = { ...DATA_FLAGS, ...TILING_FLAGS } as const;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], allowPositionals: true, options: FLAGS });
    const [modelPath, ...folders] = positionals;
    if (modelPath === undefined) throw new UsageError('evaluate-model takes a model.');
    const sidecar = await sidecarOf(modelPath);
    const trained = values['as-trained'] ? trainedOptions(sidecar, modelPath) : {};
    // Not its thresholds: curves need every candidate.
    const { tiling, merge, wholeFrame } = { ...tilingOf(values), wholeFrame: true, ...trained };
    const settings = { tiling, merge, wholeFrame };
    const data = await openData('evaluate-model', values, folders);
    const { folder, images, out, shard, signal, project } = data;
    const detector = await openDetector({ modelPath, sidecar });
    try {
      const { classes } = detector;
      const known = folder.classes ?? classes;
      if (JSON.stringify(known) !== JSON.stringify(classes)) {
        throw new UsageError(
          `${folder.place.name} has the classes ${known.join(', ')}, the model ${classes.join(', ')}: convert the labels with --classes.`,
        );
      }
      const modelHash = sha256(await readFile(modelPath));
      const { evaluation, dropped, reused, ...done } = await evaluateFolder({
        ...{ folder, images, out, shard, signal, detector, modelHash, settings },
        flight: project?.flight ?? { by: 'folder' },
        inFlight: availableParallelism(),
        onProgress: progress('images looked at'),
      });
      if (shard) {
        printShare(values.json, done.images + dropped.length, reused, shard);
        return 0;
      }
      const result = evaluation.result();
      const model = { sha256: modelHash, classes, imageSize: detector.imageSize };
      const report = { format: 'drone-mlops/folder-evaluation@1', model, settings, dropped, ...result };
      if (out) await out.write('evaluation.json', `${JSON.stringify(report, null, 2)}\n`);
      const where = out ? `Look at ${nameOf(out, 'evaluation.json')}.` : 'Nothing was written.';
      for (const { path, detail } of dropped) process.stderr.write(`Left out: ${path}: ${detail}.\n`);
      printOutcome(values.json, report, [...evaluationTable(result), where]);
      return 0;
    } finally {
      await detector.close();
    }
  });
}
