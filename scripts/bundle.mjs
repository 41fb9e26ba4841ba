// Bundles the command line: a program's file checks Node and loads the rest, each command in a bundle of its own.
// Writes projen's manifest too, which comes from the compiled options.
import { build } from 'esbuild';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Bundles by name. What one imports dynamically out of another's file, it requires at run time. */
const BUNDLES = {
  cli: 'src/cli/index.ts',
  add: 'src/cli/add/index.ts',
  create: 'src/cli/create/index.ts',
  operate: 'src/cli/operate/index.ts',
  prompts: 'src/cli/create/prompts.ts',
  rehearse: 'src/cli/rehearse.ts',
  upgrade: 'src/cli/upgrade/index.ts',
  regenerate: 'src/cli/upgrade/regenerate.ts',
  zod: 'node_modules/zod/index.js', // several of them parse with it
};

const entries = Object.entries(BUNDLES).filter(([, file]) => existsSync(join(root, file)));

const { metafile, outputFiles } = await build({
  write: false, // until all of it is known to build
  absWorkingDir: root,
  entryPoints: entries.map(([out, file]) => ({ in: file, out })),
  outdir: dist,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: `node${manifest.engines.node.replace(/^\D+/, '')}`,
  supported: { 'dynamic-import': false }, // `require`, so that bundles load each other as they are
  external: ['typescript', 'aws-cdk-lib', '@aws-cdk/cloudformation-diff'], // the project's own
  mainFields: ['module', 'main'], // of clients that are ECMAScript modules, what nobody calls is left out
  minify: true,
  keepNames: true, // errors and projen's construct ids carry class names
  legalComments: 'none', // in full in the file of notices
  metafile: true,
  logLevel: 'warning',
  // projen starts tasks from its own folder; creating a project starts none.
  logOverride: { 'require-resolve-not-external': 'silent' },
  plugins: [
    { name: 'bundles-of-their-own', setup: leaveOtherBundles },
    { name: 'constructs-of-the-project', setup: leaveOutConstructs },
    { name: 'no-task-shell', setup: leaveOutTaskShell },
  ],
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const { path, contents } of outputFiles) writeFileSync(path, contents);
const functionInputs = await bundleFunctionClients();
copyFileSync(join(root, 'scripts', 'code-cache.cjs'), join(dist, 'code-cache.cjs'));
for (const [name] of entries) {
  writeFileSync(
    join(dist, `${name}.cjs`),
    `module.exports = require('./code-cache.cjs')(require.resolve('./${name}.js'));\n`,
  );
}
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices([...Object.keys(metafile.inputs), ...functionInputs]));

for (const program of Object.keys(manifest.bin)) {
  const file = join(root, manifest.bin[program]);
  writeFileSync(file, programSource(program));
  chmodSync(file, 0o755);
}

const compiled = createRequire(import.meta.url);
const { projenManifest } = compiled('../lib/options/index.js');
const range = manifest.peerDependencies.projen;
writeFileSync(join(root, '.jsii'), `${JSON.stringify(projenManifest(manifest.version, range), null, 1)}\n`);
generateOnce(compiled('../lib/index.js').DroneMlopsProject);

/**
 * The clients that the functions of a launched project load, which Lambda's own Node brings along: what they use of them, each
 * where a rehearsed function looks for it.
 * @returns the files that went into them
 */
async function bundleFunctionClients() {
  const folder = join(root, 'templates', 'functions');
  const used = new Map();
  for (const file of readdirSync(folder)) {
    const source = readFileSync(join(folder, file), 'utf8');
    const names = source.match(/\b[A-Z]\w+(?:Client|Command)\b/g) ?? [];
    for (const [, client] of source.matchAll(/require\('(@aws-sdk\/[\w-]+)'\)/g)) {
      const exported = names.filter((name) => name in createRequire(import.meta.url)(client));
      used.set(client, new Set([...(used.get(client) ?? []), ...exported]));
    }
  }
  // One file for all: most of a client is what all clients share.
  const clients = [...used].map(([client, names], i) => ({ client, names: [...names], key: `client${i}` }));
  const { metafile } = await build({
    stdin: {
      contents: clients
        .map(({ client, names, key }) => {
          const named = names.map((name) => `${name} as ${key}_${name}`).join(', ');
          const members = names.map((name) => `${name}: ${key}_${name}`).join(', ');
          return `import { ${named} } from '${client}';\nexport const ${key} = { ${members} };`;
        })
        .join('\n'),
      resolveDir: root,
    },
    outfile: join(dist, 'functions', 'clients.js'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  for (const { client, key } of clients) {
    const folder = join(dist, 'functions', 'node_modules', client);
    mkdirSync(folder, { recursive: true });
    const shared = relative(folder, join(dist, 'functions', 'clients.js'));
    writeFileSync(join(folder, 'index.js'), `module.exports = require('${shared}').${key};\n`);
  }
  return Object.keys(metafile.inputs);
}

/** Renders every template: one that misspells a variable ends the build here. */
function generateOnce(Project) {
  const outdir = mkdtempSync(join(tmpdir(), 'create-drone-mlops-'));
  try {
    process.env.PROJEN_DISABLE_POST = 'true';
    new Project({ projectName: 'build', outdir, generator: { version: manifest.version } }).synth();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** A dynamic import of another bundle's entry stays a `require` of that bundle. */
function leaveOtherBundles({ onResolve }) {
  onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
    if (kind !== 'dynamic-import') return undefined;
    const source = join(resolveDir, path.replace(/\.js$/, '.ts'));
    const bundle = entries.find(([, file]) => join(root, file) === source);
    return bundle && { path: `./${bundle[0]}.cjs`, external: true };
  });
  onResolve({ filter: /^zod$/ }, ({ kind }) =>
    kind === 'entry-point' ? undefined : { path: './zod.cjs', external: true },
  );
}

/** Stacks are made of the constructs that the project's aws-cdk-lib knows; projen's are in the bundle with it. */
function leaveOutConstructs({ onResolve }) {
  onResolve({ filter: /^constructs$/ }, ({ importer }) =>
    /src[\\/](catalog|platform)[\\/]/.test(importer) ? { path: 'constructs', external: true } : undefined,
  );
}

/** projen's publisher and tasks run shell through dax, a third of the bundle; the command line constructs neither. */
function leaveOutTaskShell({ onLoad }) {
  onLoad({ filter: /node_modules[\\/]projen[\\/]lib[\\/]util[\\/]dax\.js$/ }, () => ({ contents: '' }));
}

/** The licences of all packages that the inputs come from; those that share a text stand above it together. */
function notices(inputs) {
  const packages = new Set(
    inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter(Boolean),
  );
  const byText = new Map();
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const texts = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^(licen[cs]e|notice|copying)/i.test(entry.name))
      .map((entry) => readFileSync(join(root, folder, entry.name), 'utf8').trim());
    const text = texts.join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}`).join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** Plain, old JavaScript, so that an old Node reads it and says what is wrong. */
function programSource(program) {
  return `#!/usr/bin/env node
var v = process.versions.node.split('.');
if (v[0] < 20 || (v[0] == 20 && v[1] < 19)) {
  console.error('${program} needs Node 20.19 or newer; this is Node ' + process.versions.node + '.');
  process.exit(1);
}
require('./cli.cjs').runProgram('${program}');
`;
}
