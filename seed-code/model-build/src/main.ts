// Routes `model-build COMMAND …` to its command; each is loaded only when it is asked for.
import { createRequire } from 'node:module';

/** A command: takes its arguments, prints, returns the exit code (0 done, 1 failed, 2 wrong usage). */
type Command = (args: readonly string[]) => Promise<number>;

/** What each command is for; its module in `commands/` has its name and exports `run`. */
const COMMANDS: Record<string, string> = {
  bundle: 'one CommonJS bundle a step',
  convert: 'labels from one format into another',
  data: 'sample imagery, and the versions of your data',
  evaluate: 'COCO and Ultralytics metrics of a results file',
  'evaluate-model': 'the same metrics of a model on a labelled folder',
  endpoint: 'try a registered model package on a temporary endpoint',
  pipeline: 'print, upsert, start, follow the SageMaker pipeline',
  worker: 'does what callback steps of the pipeline ask for',
  bench: 'how close this code comes to its limits',
  features: 'statistics of images, as the profiler takes them',
  letterbox: 'what a model sees of an image, as a PNG',
  split: 'images into training, validation and test, by flight',
  train: 'a detector, on this machine',
  tile: 'frames and their labels cut into tiles',
  validate: 'what training would drop or misread',
  tracking: 'the MLflow server: check, link an execution, send what was kept',
  profile: 'what a folder of images and labels holds, and what to do about it',
  predict: "a model's detections in images",
};

/** Node's `import()` would bypass the loader of TypeScript sources; `require` does not. */
const load = createRequire(__filename);

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) {
    // The cast is the contract stated at COMMANDS.
    return (load(`./commands/${name}`) as { run: Command }).run(args);
  }
  const asked = name === undefined || name === '--help' || name === 'help';
  const lines = Object.entries(COMMANDS).map(([key, about]) => `  ${key.padEnd(16)}${about}`);
  (asked ? process.stdout : process.stderr).write(
    `${asked ? '' : `There is no command ${JSON.stringify(name)}.\n`}Usage: model-build COMMAND [options]\n${lines.join('\n')}\n`,
  );
  return asked ? 0 : 2;
}

// Whoever reads our output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
