// `drone-mlops add`: grows a project by a step, a class or a stage, in its definition and its code.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { type OptionName, STEP_KINDS, faultOf, optionOf } from '../../options';
import { conflictsOf, describeChange, describeConflicts, needsAttention } from '../../upgrade';
import type { Host } from '../host';
import { UsageError, readArguments } from '../usage';
import { type Change, apply, checkFree, preview } from './change';
import { addToList } from './definition';
import { type FoundProject, findProject } from './project';
import { stepChange } from './step';

interface Flags {
  readonly after?: string;
  readonly kind: string;
  readonly logic?: string;
  readonly project: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const WHAT = ['step', 'class', 'environment'] as const;

export async function run(args: readonly string[], host: Host): Promise<number> {
  const command = new Command('add')
    .description('Adds a step to the pipeline, a class of objects, or a stage that models are deployed to.')
    .addArgument(new Argument('<what>', 'what to add').choices(WHAT))
    .argument('<name>', 'its name')
    .option('--after <step>', 'the step of the pipeline that a new step comes right after')
    .option('--kind <kind>', `what a new step is: ${STEP_KINDS.join(', ')}`, 'processing')
    .option('--logic <file>', 'TypeScript whose exported function `logic` is what a new step does')
    .option('--project <dir>', 'the project', '.')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed or conflicts to resolve, 2 wrong usage.');
  if (!readArguments(command, args, host)) return 0;
  const [what, name] = command.args as [(typeof WHAT)[number], string]; // commander insists on both
  const flags = command.opts<Flags>();
  if (what !== 'step' && (flags.after ?? flags.logic) !== undefined)
    throw new UsageError('--after and --logic belong to `add step`.');

  const project = findProject(resolve(host.cwd, flags.project));
  const change = what === 'step' ? stepChange(project, { ...flags, name }, host) : listChange(project, what, name);
  checkFree(project, change);
  const report = flags.dryRun ? undefined : await apply(project, change, host);
  const conflicts = report === undefined ? [] : conflictsOf(report);
  const next = what === 'step' ? 'npm test && npm run rehearse' : 'git diff';
  if (flags.json) {
    const files = [...change.files.keys()];
    host.print(JSON.stringify({ what, name, written: !flags.dryRun, files, next, ...(report && { report }) }));
  } else if (report === undefined) {
    for (const line of [...preview(project, change), 'Nothing was written.']) host.print(line);
  } else {
    for (const line of [`Added the ${what} ${name}.`, ...change.files.keys()]) host.print(line);
    for (const notable of report.changes.filter(needsAttention)) host.print(describeChange(notable));
    host.print(conflicts.length > 0 ? describeConflicts(conflicts) : `\nNext:\n  ${next}`);
  }
  return conflicts.length > 0 ? 1 : 0;
}

const LISTS = { class: 'classes', environment: 'environments' } as const satisfies Record<string, OptionName>;

/** A name more in a list of names. */
function listChange({ definition, config, root }: FoundProject, what: 'class' | 'environment', name: string): Change {
  const option = LISTS[what];
  const source = readFileSync(definition, 'utf8');
  if (what === 'environment' && !source.includes('DroneMlopsProject'))
    throw new UsageError(`${root} has no stages: they belong to the platform, so add it there.`);
  const table = optionOf(option);
  const known = table.presence === 'default' ? (table.default as readonly string[]) : []; // lists of names
  const before = what === 'class' ? config.classes : [];
  const fault = faultOf(option, [...before, name]);
  if (fault !== undefined) throw new UsageError(`The ${what} ${name} cannot be added: the list ${fault}.`);
  const fallback = known.map((one) => JSON.stringify(one).replaceAll('"', "'"));
  const item = `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return { definition: addToList(source, '.projenrc.ts', { option, item, fallback }), files: new Map() };
}
