// Measures what the project promises, as ratios to something bare on the same machine. `npm run bench [NAME…]`.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { prepareUpgrade } from './upgrade-job.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiled = createRequire(import.meta.url);
const work = mkdtempSync(join(tmpdir(), 'drone-mlops-bench-'));
const bin = join(root, 'dist', 'create-drone-mlops.cjs');
/** Time is the least of so many runs: what a busy machine adds is no property of ours. */
const RUNS = 7;

/** A package that does nothing, for what npx and npm themselves take. */
const noop = join(work, 'noop');

/** What is generated anew at each run, and removed after it. */
const fresh = join(work, 'fresh');
const generate = { run: () => node(bin, ...generateArguments(fresh)), after: () => rmSync(fresh, { recursive: true }) };

/**
 * Each measurement: what it is called, what it yields, and the most that it may be. `against` names the bare thing.
 * A measurement that cannot be made here yields a sentence that says why.
 */
const MEASUREMENTS = [
  {
    name: 'generate',
    about: 'generate a project (no install), against node -e 0',
    most: 4,
    measure: () => least(generate) / least({ run: () => node('-e', '0') }),
  },
  {
    name: 'generate-memory',
    about: 'generate a project: peak memory, MB',
    most: 120,
    measure: () => peakMemory([bin, ...generateArguments(join(work, 'memory'))]),
  },
  {
    name: 'generate-copier',
    about: 'generate a project, against copier on the same files',
    most: 0.25,
    measure: () => {
      const copier = process.env.DRONE_MLOPS_COPIER;
      if (!copier) return 'set DRONE_MLOPS_COPIER to the copier program';
      const template = join(work, 'template');
      cpSync(project(), template, { recursive: true, filter: (path) => !/node_modules|vendor|\.projen/.test(path) });
      writeFileSync(join(template, 'copier.yml'), '_subdirectory: .\n');
      return (
        least(generate) /
        least({ ...generate, run: () => run(copier, ['copy', '--quiet', '--defaults', template, fresh]) })
      );
    },
  },
  {
    name: 'npx-projen',
    about: 'npx projen in a generated project, against npx of a package that does nothing',
    most: 1.3 / 0.57,
    measure: () =>
      least({ run: () => run('npx', ['projen'], installed()) }) / least({ run: () => run('npx', ['noop'], bare()) }),
  },
  {
    name: 'regenerate',
    about: 'npm run regenerate, against npx of a package that does nothing',
    most: 0.8 / 0.57,
    measure: () =>
      least({ run: () => run('npm', ['run', 'regenerate'], installed()) }) /
      least({ run: () => run('npx', ['noop'], bare()) }),
  },
  {
    name: 'upgrade-copier',
    about: 'update 150 files, 20 of them edited, against copier on the same job',
    most: 0.3,
    measure: () => {
      const copier = process.env.DRONE_MLOPS_COPIER;
      if (!copier) return 'set DRONE_MLOPS_COPIER to the copier program';
      const { ours, copiers } = prepareUpgrade(work, copier);
      return least(ours) / least(copiers);
    },
  },
  {
    name: 'base-size',
    about: 'the base files of a generated project, against the files that the team owns',
    most: 0.65,
    measure: () => {
      const roots = [project(), join(project(), 'model-build')];
      const bases = roots.map((dir) => join(dir, '.drone-mlops', 'base'));
      return bases.reduce((sum, file) => sum + statSync(file).size, 0) / ownedBytes(roots, bases);
    },
  },
  {
    name: 'synthesize',
    about:
      'the project template with every combination of its options, against CDK itself that includes the same templates',
    most: 1.3,
    measure: () => {
      const combinations = templateOptions();
      const { synthesizeTemplate } = compiled('../lib/catalog');
      const files = combinations.map((options, index) => {
        const file = join(work, `template-${index}.json`);
        writeFileSync(file, JSON.stringify(synthesizeTemplate(options).template));
        return file;
      });
      return (
        least({ run: () => combinations.forEach((options) => synthesizeTemplate(options)) }) /
        least({ run: () => files.forEach(synthesizeBare) })
      );
    },
  },
  {
    name: 'rehearsal',
    about: 'a rehearsal, from the publication of the platform to the model that is served, against its limit of 150 s',
    most: 1,
    measure: () => rehearsed().milliseconds / 150_000,
  },
  {
    name: 'rehearsal-launch',
    about: 'the launch of a project in a rehearsal, against its limit of 20 s',
    most: 1,
    measure: () => rehearsed().platform.launch.milliseconds / 20_000,
  },
  {
    name: 'rehearsal-executor',
    about: 'the part of a rehearsal that the executor takes beside the steps',
    most: 0.05,
    measure: () => {
      const { milliseconds, execution } = rehearsed();
      const steps = execution.steps.reduce((sum, step) => sum + step.milliseconds, 0);
      return (execution.milliseconds - steps) / milliseconds;
    },
  },
  {
    name: 'rehearsal-memory',
    about: 'largest memory seen of a step (sampled), MB',
    most: 500,
    measure: () => Math.max(...rehearsed().execution.steps.map(({ peakBytes }) => peakBytes ?? 0)) / 1e6,
  },
];

let missed = 0;
try {
  const wanted = process.argv.slice(2);
  for (const { name, about, most, measure } of MEASUREMENTS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const value = measure();
    if (value > most) missed += 1;
    const verdict = `${Number(value.toPrecision(2))} (at most ${most.toFixed(2)})${value > most ? '  MISSED' : ''}`;
    console.log(`${name.padEnd(20)}${verdict}\n${' '.repeat(20)}${about}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

/** Every combination of the options that change what a project template holds. */
function templateOptions() {
  const shared = { platform: 'bench', release: '1.0.0', seedKey: 'releases/1.0.0/model-build-0.zip', tags: {} };
  const vpc = { vpcId: 'vpc-0', subnetIds: ['subnet-0'], securityGroupIds: ['sg-0'] };
  return ['CodeConnections', 'CodeCommit'].flatMap((repositoryProvider) =>
    ['create', 'existing'].flatMap((roles) =>
      ['aws', 'project'].flatMap((encryption) =>
        [{}, { vpc }].map((more) => ({
          ...shared,
          repositoryProvider,
          roles,
          encryption,
          logRetentionDays: 90,
          ...more,
        })),
      ),
    ),
  );
}

/** A template's resources as CDK's own typed constructs make them, in a stack that knows nothing else. */
function synthesizeBare(templateFile) {
  const { App, LegacyStackSynthesizer, Stack } = compiled('aws-cdk-lib');
  const { CfnInclude } = compiled('aws-cdk-lib/cloudformation-include');
  const outdir = mkdtempSync(join(work, 'bare-'));
  const quiet = { analyticsReporting: false, treeMetadata: false, builtinCloudFormationValidation: false };
  const app = new App({ outdir, ...quiet });
  const stack = new Stack(app, 'Bare', { synthesizer: new LegacyStackSynthesizer() });
  new CfnInclude(stack, 'Template', { templateFile });
  app.synth();
  rmSync(outdir, { recursive: true });
}

function generateArguments(dir) {
  return [dir, '--yes', '--project-name', 'bench', '--no-install', '--no-git', '--generator-tarball', tarball()];
}

/** A generated project, made once. */
function project() {
  const dir = join(work, 'project');
  if (!existsSync(dir)) node(bin, ...generateArguments(dir));
  return dir;
}

/** Size of the files that bases list as owned. */
function ownedBytes(roots, bases) {
  const sizes = bases.flatMap((file, i) =>
    [...readFileSync(file, 'utf8').matchAll(/^(\S+) owned/gm)].map(
      ([, path]) => statSync(join(roots[i], decodeURIComponent(path))).size,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A generated project with the packages that regenerating needs. */
function installed() {
  const dir = project();
  if (!existsSync(join(dir, 'node_modules'))) {
    run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], dir);
  }
  return dir;
}

/** The record of one rehearsal of the generated project. */
function rehearsed() {
  const file = join(work, 'rehearsal.json');
  if (!existsSync(file)) {
    const dir = installed();
    const modelBuild = join(dir, 'model-build');
    run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], modelBuild);
    const { stdout } = node(join(root, 'dist', 'drone-mlops.cjs'), 'rehearse', '--project', dir, '--json');
    writeFileSync(file, stdout);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

function bare() {
  if (!existsSync(noop)) {
    mkdirSync(join(noop, 'package'), { recursive: true });
    writeFileSync(join(noop, 'package.json'), '{"private":true,"dependencies":{"noop":"file:./package"}}');
    writeFileSync(join(noop, 'package', 'package.json'), '{"name":"noop","version":"1.0.0","bin":"noop.js"}');
    writeFileSync(join(noop, 'package', 'noop.js'), '#!/usr/bin/env node\n', { mode: 0o755 });
    run('npm', ['install', '--offline', '--no-audit', '--no-fund'], noop);
  }
  return noop;
}

function tarball() {
  const found = readdirSync(work).find((name) => name.endsWith('.tgz'));
  if (found) return join(work, found);
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], root);
  return tarball();
}

/** The least time of a job, in seconds, after one run that warms the caches; what comes after it is not timed. */
function least({ run, after = () => undefined }) {
  const times = Array.from({ length: RUNS + 1 }, () => {
    const start = performance.now();
    run();
    const seconds = (performance.now() - start) / 1000;
    after();
    return seconds;
  });
  return Math.min(...times.slice(1));
}

/** Peak memory of a Node program, in MB (Node reports KiB). */
function peakMemory(args) {
  const report = join(work, 'memory.cjs');
  const print = "process.on('exit', () => process._rawDebug('peak ' + process.resourceUsage().maxRSS))";
  writeFileSync(report, print);
  const { stderr } = node('--require', report, ...args);
  return (Number(/peak (\d+)/.exec(stderr)?.[1]) * 1024) / 1e6;
}

function node(...args) {
  return run(process.execPath, args);
}

function run(command, args, cwd = work) {
  const finished = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (finished.status === 0) return finished;
  throw new Error(
    `${command} ${args.join(' ')} failed:\n${finished.stdout}\n${finished.stderr}\n${finished.error ?? ''}`,
  );
}
