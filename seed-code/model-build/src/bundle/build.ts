// Makes the bundles: one CommonJS file a step with everything it imports, workers beside it, under the content's hash.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { build, formatMessages, type BuildFailure } from 'esbuild';
import { BUNDLED_STEPS } from './steps';

/** Modules with compiled parts: they come from the runtime image, in the very version that the bundle was made with. */
const NATIVES = ['onnxruntime-node', 'sharp'] as const;

/** The oldest Node that the images carry. */
const TARGET = 'node20.19';

/** Folders of the package that travel with a step's bundle. */
const FOLDERS: Partial<Record<string, string>> = { train: 'training' };

/** The bundle that serves a model; the evaluate step puts it into `model.tar.gz`, so it travels with that step. */
const SERVING = { name: 'serve', folder: 'serve' } as const;

/** A bundle as it lies on disk: `dist/bundles/<step>/<hash>/`. */
export interface Bundle {
  readonly step: string;
  /** SHA-256 over the names and contents of the files, and the versions of the native modules. */
  readonly hash: string;
  readonly directory: string;
  /** Paths below `directory`, with `/`, sorted. */
  readonly files: readonly string[];
}

/** A bundle cannot be made; the message holds what esbuild says of the source. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

type Files = ReadonlyMap<string, Buffer>;

/** A bundle before it is written. */
interface Contents {
  readonly hash: string;
  readonly files: Files;
}

/**
 * Makes every step's bundle below `output`.
 * @param root folder of the package
 * @param added names of the steps that the team has added
 * @throws BundleError
 */
export async function buildBundles(
  root: string,
  output: string,
  added: readonly string[] = [],
): Promise<readonly Bundle[]> {
  const serving = await contents(root, SERVING.name, new Map());
  return Promise.all(
    [...BUNDLED_STEPS, ...added].map(async (step) => {
      const folder = FOLDERS[step];
      const beside = new Map(folder === undefined ? [] : await folderFiles(root, folder));
      if (step === 'evaluate')
        for (const [path, bytes] of serving.files) beside.set(`${SERVING.folder}/${path}`, bytes);
      return write(step, await contents(root, step, beside), output);
    }),
  );
}

/**
 * What a bundle holds: `<name>.js`, the workers that it starts, `beside`, and `bundle.json`, which names its hash and the
 * versions of the native modules that it needs.
 */
async function contents(root: string, name: string, beside: Files): Promise<Contents> {
  const scripts = await withWorkers(root, await compile(root, `src/steps/${name}.ts`));
  const natives = await nativeVersions(root, new Set(scripts.flatMap(({ imports }) => imports)));
  const files = new Map([...beside, ...scripts.map(({ file, code }) => [file, Buffer.from(code)] as const)]);
  const hash = digest(files, JSON.stringify(natives));
  files.set('bundle.json', Buffer.from(`${JSON.stringify({ step: name, hash, natives }, null, 2)}\n`));
  return { hash, files };
}

/** A script and the workers that it starts, and those that they start. */
async function withWorkers(root: string, main: Script): Promise<readonly Script[]> {
  const workers = new Set((await filesBelow(root, 'src')).filter((path) => path.endsWith('-worker.ts')));
  const scripts = [main];
  for (const { code } of scripts) {
    for (const path of [...workers].filter((path) => code.includes(basename(path, '.ts')))) {
      workers.delete(path);
      scripts.push(await compile(root, path));
    }
  }
  return scripts;
}

function digest(files: Files, natives: string): string {
  const sum = createHash('sha256').update(`${natives}\0`);
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    sum.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return sum.digest('hex');
}

/** One file that runs by itself, and the modules that it leaves to the image. */
interface Script {
  readonly file: string;
  readonly code: string;
  readonly imports: readonly string[];
}

/** One build an entry: in a common one, names inside a script would depend on what the others import. */
async function compile(root: string, entry: string): Promise<Script> {
  const file = `${basename(entry, '.ts')}.js`;
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      target: TARGET,
      format: 'cjs',
      charset: 'utf8',
      external: [...NATIVES],
      outfile: file,
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const code = outputFiles.map(({ text }) => portable(text)).join('');
    return { file, code, imports: metafile.outputs[file].imports.map(({ path }) => path) };
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (!errors) throw error;
    throw new BundleError((await formatMessages(errors, { kind: 'error' })).join('\n').trim());
  }
}

/** esbuild names each module's path, which depends on the folder that npm put the package into; code does not use it. */
function portable(text: string): string {
  return text.replaceAll(/(?:\.\.\/)+[^"'`\n]*?node_modules\//g, 'node_modules/');
}

/** Installed versions of the native modules among `imports`, by name. */
async function nativeVersions(root: string, imports: ReadonlySet<string>): Promise<Record<string, string>> {
  const versions = NATIVES.filter((name) => imports.has(name)).map(
    async (name) => [name, await installedVersion(root, name)] as const,
  );
  return Object.fromEntries(await Promise.all(versions));
}

async function installedVersion(root: string, name: string): Promise<string> {
  const { resolve } = createRequire(join(root, 'package.json'));
  for (const folder of resolve.paths(name) ?? []) {
    const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => undefined);
    // npm's own format, in which `version` is required.
    if (text !== undefined) return (JSON.parse(text) as { version: string }).version;
  }
  throw new BundleError(`${name} is not installed: run \`npm ci\`.`);
}

async function folderFiles(root: string, folder: string): Promise<Files> {
  const paths = (await filesBelow(root, folder)).filter((path) => !path.includes('__pycache__'));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path))] as const)));
}

/** Paths of the files below `folder`, from `root` on, sorted. */
async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

async function write(step: string, { hash, files }: Contents, output: string): Promise<Bundle> {
  const directory = join(output, step, hash);
  // Moved into place whole: a folder that bears a hash has that content.
  const making = `${directory}.${process.pid}`;
  for (const [path, bytes] of files) {
    await mkdir(join(making, dirname(path)), { recursive: true });
    await writeFile(join(making, path), bytes);
  }
  await rm(directory, { recursive: true, force: true });
  await rename(making, directory);
  return { step, hash, directory, files: [...files.keys()].sort() };
}
