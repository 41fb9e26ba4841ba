// npm run endpoint: tries a registered model package on a temporary endpoint.
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { loadConfig } from '../config';
import { createEndpoint, deleteEndpoint, EndpointError, invokeEndpoint, latestPackage } from '../endpoint';
import { projectTags, readEnvironment } from '../pipeline';
import { numberFlag, parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `npm run endpoint -- COMMAND NAME [options]

  create NAME                Create a real-time endpoint and wait until it is in service. It costs money until it is deleted.
                               --package ARN          Model package. Default: the newest of the project's group.
                               --instance-type TYPE   Default: the project's inference instance.
                               --poll-seconds N       Seconds between looks. Default: 10.
  invoke NAME IMAGE|DIR …    Send images and print what is found in them.
                               --limit N              At most so many images of a folder. Default: 5.
  delete NAME                Delete the endpoint, its configuration and its model.

  --json                     Print one JSON value on standard output.
  --help                     Print this.`;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.webp': 'image/webp',
};

const OPTIONS = {
  package: { type: 'string' },
  'instance-type': { type: 'string' },
  'poll-seconds': { type: 'string', default: '10' },
  limit: { type: 'string', default: '5' },
  json: { type: 'boolean' },
} as const;

type Options = ReturnType<typeof parseCommandLine<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, () => {
    const { values, positionals } = parseCommandLine({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [command, name, ...paths] = positionals;
    if (command === undefined || name === undefined) throw new UsageError('Name a command and an endpoint.');
    if (command === 'invoke') return invoke(name, paths, values);
    if (paths.length > 0) throw new UsageError(`There is no place for ${paths.join(' ')}.`);
    if (command === 'create') return create(name, values);
    if (command === 'delete') return remove(name, values);
    throw new UsageError(`There is no command ${command}.`);
  });
}

async function create(name: string, values: Options): Promise<number> {
  const pollSeconds = numberFlag('poll-seconds', values['poll-seconds'], 0.1, 3600);
  const config = loadConfig(process.cwd());
  const environment = readEnvironment(process.env);
  const client = new SageMakerClient({ region: environment.region });
  const packageArn = values.package ?? (await latestPackage(client, environment.modelPackageGroup));
  process.stderr.write(`Waiting for the endpoint ${name} with ${packageArn}.\n`);
  await createEndpoint(client, {
    name,
    packageArn,
    roleArn: environment.roleArn,
    instanceType: values['instance-type'] ?? config.instances.inference.type,
    tags: Object.entries(projectTags(config, environment)).map(([Key, Value]) => ({ Key, Value })),
    pollSeconds,
  });
  printOutcome(values.json, { endpoint: name, packageArn }, [
    `The endpoint ${name} is in service. Delete it when you are done: npm run endpoint -- delete ${name}`,
  ]);
  return 0;
}

async function invoke(name: string, paths: readonly string[], values: Options): Promise<number> {
  if (paths.length === 0) throw new UsageError('Name images, or a folder of them.');
  const limit = Math.trunc(numberFlag('limit', values.limit, 1, 1_000_000));
  const client = new SageMakerRuntimeClient({ region: readEnvironment(process.env).region });
  const results = [];
  for (const path of (await Promise.all(paths.map((one) => images(one, limit)))).flat()) {
    const began = performance.now();
    const found = await invokeEndpoint(client, name, await readFile(path), contentType(path));
    const milliseconds = Math.round(performance.now() - began);
    const image = relative(process.cwd(), path);
    results.push({ image, milliseconds, detections: found.length, found });
    if (!values.json) {
      printOutcome(values.json, {}, [
        `${image}: ${found.length} in ${milliseconds} ms`,
        ...found.map(
          ({ class: label, score, box }) => `  ${label} ${score.toFixed(2)} at ${box.map(Math.round).join(', ')}`,
        ),
      ]);
    }
  }
  if (values.json) printOutcome(true, results, []);
  return 0;
}

async function remove(name: string, values: Options): Promise<number> {
  const deleted = await deleteEndpoint(new SageMakerClient({ region: readEnvironment(process.env).region }), name);
  printOutcome(values.json, { endpoint: name, deleted }, [
    deleted.length === 0 ? `There was no endpoint ${name}.` : `Deleted of ${name}: ${deleted.join(', ')}.`,
  ]);
  return 0;
}

/** The image itself, or the first `limit` of a folder, by path. */
async function images(path: string, limit: number): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const found = (await readdir(path, { recursive: true })).filter(
    (file) => extname(file).toLowerCase() in CONTENT_TYPES,
  );
  if (found.length === 0) throw new EndpointError(`${path} holds no image.`);
  return found
    .sort()
    .slice(0, limit)
    .map((file) => join(path, file));
}

function contentType(path: string): string {
  const type = CONTENT_TYPES[extname(path).toLowerCase()];
  if (type === undefined) throw new UsageError(`${path} is none of ${Object.keys(CONTENT_TYPES).join(' ')}.`);
  return type;
}
