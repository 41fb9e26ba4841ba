// `npm start` and `npm test` in a fresh clone: installs when needed, then goes on. Plain Node, no dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_AT_LEAST = [20, 19];
const SAMPLE = join('.sample', 'drone-demo');
const JOBS = { start: startJob, test: testJob };

const job = JOBS[process.argv[2]];
if (!job) fail(`Usage: node scripts/run.mjs ${Object.keys(JOBS).join('|')}`, 2);
checkNode();
install();
job(process.argv.slice(3));

/** Generates a sample project and rehearses it. */
function startJob(args) {
  say('Building the generator');
  projen('compile');
  say(`Generating a sample project in ${SAMPLE} (made anew each time)`);
  rmSync(join(root, SAMPLE), { recursive: true, force: true });
  node('dist/create-drone-mlops.cjs', SAMPLE, '--yes', '--no-git');
  say('Rehearsing it on this machine, from publishing the platform to a model that waits for approval');
  node('dist/drone-mlops.cjs', 'rehearse', '--project', SAMPLE, ...args);
}

/** Builds, lints, type-checks and runs every suite, the seed packages' own included. */
function testJob() {
  say('Building, linting, type-checking and testing the generator and its seed packages');
  projen('test');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_AT_LEAST[0] || (major === NODE_AT_LEAST[0] && minor >= NODE_AT_LEAST[1])) return;
  fail(`This needs Node ${NODE_AT_LEAST.join('.')} or newer; this is Node ${process.versions.node}.`, 1);
}

/** Runs `npm ci` unless the last finished install was of this very lockfile. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing packages (once; their install scripts are not run)');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}

function projen(task) {
  node('node_modules/projen/bin/projen', task);
}

function node(...args) {
  run(process.execPath, args);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) fail(`${command} could not be started: ${error.message}`, 1);
  if (status !== 0) process.exit(status ?? 1);
}

function say(text) {
  process.stdout.write(`\n▸ ${text}\n`);
}

function fail(text, code) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}
