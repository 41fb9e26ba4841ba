#!/usr/bin/env node
// Entry point of the runtime images: `launcher.cjs train|serve` runs the bundle that SageMaker has put into the container.
// The bundle runs in this very process: signals reach it, its exit code is the container's, and nothing is left behind.
'use strict';

const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire, runMain } = require('node:module');
const { basename, dirname, join } = require('node:path');

const root = process.env.DRONE_MLOPS_ROOT ?? '/opt/ml';

/** Where the bundle is for each argument that SageMaker starts a container with, and what to do when it is not there. */
const BUNDLES = {
  train: [join(root, 'input', 'data', 'code', 'train.js'), 'give the training job a channel "code" with the bundle'],
  serve: [join(root, 'model', 'code', 'serve.js'), 'serve a model.tar.gz that holds the serving bundle in code/'],
};

/** What the image lacks for a bundle, as one sentence; undefined when it lacks nothing. */
function problem(bundle, remedy) {
  if (!existsSync(bundle)) return `There is no ${bundle}: ${remedy}.`;
  const manifest = join(dirname(bundle), 'bundle.json');
  if (!existsSync(manifest))
    return `There is no ${manifest} that names the native modules of the bundle: build it again.`;
  const { natives } = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const [name, wanted] of Object.entries(natives)) {
    const found = installedVersion(name, bundle);
    if (found !== wanted)
      return `The bundle was built for ${name} ${wanted}, and this image has ${found ?? 'none'}: use the image of the bundle's release.`;
  }
  return undefined;
}

/** The version of the module that the bundle would load; undefined when it would find none. */
function installedVersion(name, bundle) {
  let folder;
  try {
    folder = dirname(createRequire(bundle).resolve(name));
  } catch {
    return undefined;
  }
  // Up from the entry point, since a package need not export its package.json.
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    const { name: found, version } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    if (found === name) return version;
  }
  return undefined;
}

// The images link this file as the commands that SageMaker starts: `train` and `serve`.
const command = process.argv[2] ?? basename(process.argv[1]);
const [bundle, remedy] = BUNDLES[command] ?? [];
if (bundle === undefined) {
  process.stderr.write('Usage: launcher.cjs train|serve\n');
  process.exit(2);
}
const sentence = problem(bundle, remedy);
if (sentence !== undefined) {
  process.stderr.write(`${sentence}\n`);
  const failure = join(root, 'output', 'failure');
  mkdirSync(dirname(failure), { recursive: true });
  writeFileSync(failure, sentence);
  process.exit(1);
}
// The first process of a container ignores SIGTERM unless it handles it; a bundle that does so has the say.
process.on('SIGTERM', () => {
  if (process.listenerCount('SIGTERM') === 1) process.exit(143);
});
process.argv.splice(1, 2, bundle);
runMain();
