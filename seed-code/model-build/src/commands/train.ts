// npm run train: trains on this machine with the train step's own runner, from a folder instead of a job's channels.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { loadConfig, type Config } from '../config';
import { hyperparameters, trainModel, type Hyperparameters } from '../steps/train';
import { connect, localRun, mlflow, openRunLog, trackingAddress, untracked, type OpenRunLog } from '../tracking';
import { settingName, toHyperparameters, TRAINING_SETTINGS } from '../training';
import { licenseFault } from '../training/ultralytics';
import { interruption, placeAt } from './data-flags';
import { trainingData, type TrainingData } from './training-data';
import { trainingView, type TrainingView } from './training-progress';
import { parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `npm run train -- --local DIR [options]

  DIR holds frames in YOLO layout (images/, labels/, data.yaml), which are split by flight and tiled as the pipeline does it,
  or tiles that are there already (train/ and validation/, each with images/, labels/ and classes.json).

  --local            Train on this machine. On SageMaker it is \`npm run pipeline -- start\`.
  --trainer NAME     baseline or ultralytics. Default: the project's.
  --out OUT          Folder for model/, output/, checkpoints/ and tiles/. Default: DIR's name and "-train", here.
  --python PYTHON    Python with PyTorch and training/requirements.txt. Default: DRONE_MLOPS_PYTHON, else python3.
  --tile-size S, --overlap R, and every setting of training: ${Object.keys(TRAINING_SETTINGS)
    .map((key) => `--${settingName(key)}`)
    .join(', ')}. Default: the project's.

  --dry-run          Read the data and say what would be trained; write nothing.
  --json             Print one JSON value on standard output.
  --help             Print this.

  With MLFLOW_TRACKING_URI set, the run is followed there. What was interrupted goes on from its last whole epoch when it is
  run again. Exit codes: 0 done, 1 failed, 2 wrong usage.`;

const SETTING_FLAGS = Object.keys(TRAINING_SETTINGS).map(settingName);
const ACCEPT = settingName('acceptUltralyticsLicense');
const OPTIONS = {
  local: { type: 'boolean' },
  out: { type: 'string' },
  python: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean' },
} as const;
/** Flags that are hyperparameters of the training job. */
const HYPERPARAMETER_FLAGS = Object.fromEntries(
  ['trainer', 'tile-size', 'overlap', ...SETTING_FLAGS].map((name) => [
    name,
    { type: name === ACCEPT ? 'boolean' : 'string' } as const,
  ]),
);

/** Milliseconds that an ended run waits for a tracking server. */
const TRACKING_WAIT_MS = 30_000;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({
      args: [...args],
      options: { ...HYPERPARAMETER_FLAGS, ...OPTIONS },
      allowPositionals: true,
    });
    const [dir, ...others] = positionals;
    if (!values.local) throw new UsageError('Say --local; training on SageMaker is `npm run pipeline -- start`.');
    if (dir === undefined || others.length > 0) throw new UsageError('train takes one folder.');
    const config = loadConfig(process.cwd());
    const given = hyperparametersOf(config, values);
    const tiling = { size: given['tile-size'], overlap: given.overlap };
    const out = resolve(values.out ?? `${basename(resolve(dir))}-train`);

    const data = await trainingData(dir, { ...config, tiling }, values['dry-run'] ? null : out);
    for (const warning of data.warnings) process.stderr.write(`Warning: ${warning}\n`);
    const settings = { ...given, 'data-version': data.version };
    if (values['dry-run']) {
      const lines = Object.entries(settings).map(([name, value]) => `  ${name.padEnd(28)}${value}`);
      const report = { images: data.images, settings };
      printOutcome(values.json, report, [imagesLine(data), ...lines, 'Dry run: nothing was written.']);
      return 0;
    }
    const began = performance.now();
    const view = trainingView(process.stderr);
    const tracking = trackedTraining(config, data, out, view);
    const environment = { ...process.env, ...(values.python !== undefined && { DRONE_MLOPS_PYTHON: values.python }) };
    await trainInto(out, data, settings, environment, view, tracking);
    const report = {
      model: join(out, 'model', 'model.onnx'),
      output: join(out, 'output'),
      seconds: (performance.now() - began) / 1000,
      metrics: view.latest(),
      settings,
    };
    printOutcome(values.json, report, [
      `Trained in ${report.seconds.toFixed(0)} s: ${report.model}`,
      `Try it: npm run predict -- ${report.model} IMAGES --as-trained --out predictions`,
    ]);
    return 0;
  });
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** The project's settings, but for those that flags give; refused as a job would refuse them. */
function hyperparametersOf({ training, tiling }: Config, flags: Flags): Hyperparameters {
  const given = Object.fromEntries(
    Object.keys(HYPERPARAMETER_FLAGS).flatMap((name) => {
      const value = flags[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
  const parsed = hyperparameters.safeParse({
    trainer: training.trainer,
    ...toHyperparameters(training),
    'tile-size': String(tiling.size),
    overlap: String(tiling.overlap),
    'data-version': 'unknown', // until the data was read
    ...given,
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(`--${issue?.path.join('.') ?? ''} is not valid: ${issue?.message ?? ''}.`);
  }
  const fault = parsed.data.trainer === 'ultralytics' && licenseFault(parsed.data['accept-ultralytics-license']);
  if (fault) throw new UsageError(`${fault} Here, --${ACCEPT} says it.`);
  return parsed.data;
}

function imagesLine({ images, channels }: TrainingData): string {
  if (!images) return `Tiles in ${channels}.`;
  return `${images.train} images to train on, ${images.validation} to validate, ${images.test} left for the test.`;
}

async function trainInto(
  out: string,
  { channels }: TrainingData,
  settings: Hyperparameters,
  environment: NodeJS.ProcessEnv,
  view: TrainingView,
  run: OpenRunLog | undefined,
): Promise<void> {
  const signal = interruption();
  const weights = join(out, 'weights');
  const folders: Readonly<Record<string, string>> = { code: process.cwd(), weights };
  try {
    if (settings.weights.startsWith('s3://')) await fetchWeights(settings.weights, weights);
    await trainModel(settings, {
      environment,
      signal,
      log: view.log,
      metrics: view.metrics,
      run: run ?? untracked,
      paths: {
        channel: (name) => folders[name] ?? join(channels, name),
        checkpoints: join(out, 'checkpoints'),
        model: join(out, 'model'),
        outputData: join(out, 'output'),
      },
    });
    await run?.end('FINISHED', TRACKING_WAIT_MS);
  } catch (error) {
    await run?.end(signal.aborted ? 'KILLED' : 'FAILED', TRACKING_WAIT_MS);
    throw error;
  }
}

async function fetchWeights(uri: string, folder: string): Promise<void> {
  const at = uri.lastIndexOf('/');
  const bytes = await placeAt(uri.slice(0, at)).read(uri.slice(at + 1));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, uri.slice(at + 1)), bytes);
}

/** The run on the tracking server that MLFLOW_TRACKING_URI names; undefined without. @throws TrackingAddressError */
function trackedTraining(
  { projectName }: Config,
  { version, channels }: TrainingData,
  out: string,
  { log }: TrainingView,
): OpenRunLog | undefined {
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri === undefined || uri === '') return undefined;
  const client = mlflow(connect(trackingAddress(uri, process.env.SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT)));
  const header = localRun({ experiment: projectName, user: userInfo().username, dataVersion: version }, Date.now());
  const run = openRunLog(client, header, { tell: log, journal: join(out, 'tracking') });
  run.dataset('data version', version, channels, 'train');
  return run;
}
