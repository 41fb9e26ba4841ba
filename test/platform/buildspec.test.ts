import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../../src/package-root';
import { synthesizeTemplate } from '../../src/catalog';
import { COMBINATIONS } from '../catalog/options';

/** Source: "Build specification reference for CodeBuild", AWS CodeBuild User Guide; the parts that are used here. */
const phase = z.strictObject({
  'run-as': z.string().optional(),
  'on-failure': z.enum(['ABORT', 'CONTINUE', 'RETRY']).optional(),
  'runtime-versions': z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  commands: z.array(z.string()).min(1).optional(),
  finally: z.array(z.string()).min(1).optional(),
});
const buildspec = z.strictObject({
  version: z.literal(0.2),
  env: z
    .strictObject({
      shell: z.enum(['bash', '/bin/sh']).optional(),
      variables: z.record(z.string(), z.string()).optional(),
      'parameter-store': z.record(z.string(), z.string()).optional(),
      'secrets-manager': z.record(z.string(), z.string()).optional(),
      'exported-variables': z.array(z.string()).optional(),
      'git-credential-helper': z.enum(['yes', 'no']).optional(),
    })
    .optional(),
  phases: z.strictObject({
    install: phase.optional(),
    pre_build: phase.omit({ 'runtime-versions': true }).optional(),
    build: phase.omit({ 'runtime-versions': true }).optional(),
    post_build: phase.omit({ 'runtime-versions': true }).optional(),
  }),
});

const SEED = join(PACKAGE_ROOT, 'seed-code', 'model-build');

describe("model-build's buildspec", () => {
  const spec = buildspec.parse(parse(readFileSync(join(SEED, 'buildspec.yml'), 'utf8')));
  const commands = Object.values(spec.phases).flatMap((each) => each?.commands ?? []);

  test('calls nothing but npm, one line a command, in the order of a build', () => {
    expect(commands).toEqual([
      'npm ci',
      'npm run lint',
      'npm run typecheck',
      'npm run jest',
      'npm run pipeline -- upsert',
      'npm run pipeline -- start',
    ]);
  });

  test('calls scripts that the package has', () => {
    const { scripts } = JSON.parse(readFileSync(join(SEED, 'package.json'), 'utf8')) as { scripts: object };
    const called = commands.flatMap((command) => /^npm run ([\w:-]+)/.exec(command)?.[1] ?? []);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('each buildspec inside the templates is valid, and every line of it stands alone', () => {
  const specs = Object.values(COMBINATIONS).flatMap((options) =>
    Object.values(synthesizeTemplate(options).template.Resources).flatMap(({ Type, Properties }) => {
      const { BuildSpec } = (Properties?.Source ?? {}) as { BuildSpec?: string };
      return Type === 'AWS::CodeBuild::Project' && BuildSpec?.includes('\n') ? [BuildSpec] : [];
    }),
  );
  expect(specs.length).toBeGreaterThan(0);
  for (const text of new Set(specs)) {
    const { phases } = buildspec.parse(parse(text));
    for (const line of phases.build?.commands ?? []) expect(line).not.toContain('\n');
  }
});
