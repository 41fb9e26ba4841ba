// The arguments of `create`: a folder, switches, and one flag for each option of the table.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { OPTION_NAMES, type OptionName, faultOf, optionFlag, optionOf } from '../../options';
import { packageVersion } from '../../project';
import type { Host } from '../host';
import { UsageError, readArguments } from '../usage';

export interface CreateArguments {
  /** As it was typed; none when it was left out. */
  readonly dir: string | undefined;
  /** Options by name, as given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly diff: boolean;
  readonly json: boolean;
  readonly install: boolean;
  readonly git: boolean;
  readonly generatorTarball: string | undefined;
}

/** What commander makes of the flags, options of the table aside. */
interface Switches {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly diff?: true;
  readonly json?: true;
  readonly install: boolean;
  readonly git: boolean;
  readonly fromJson?: string;
  readonly generatorTarball?: string;
}

/** @returns nothing when help or the version was asked for, and printed */
export function readCreateArguments(args: readonly string[], host: Host): CreateArguments | undefined {
  const command = createCommand();
  if (!readArguments(command, args, host)) return undefined;
  const all = command.opts<Switches>();
  const { yes = false, dryRun = false, diff = false, json = false, install, git, fromJson, generatorTarball } = all;
  const flags = Object.fromEntries(Object.entries(all).filter(([name]) => isOption(name)));
  const options = { ...(fromJson === undefined ? {} : readJson(resolve(host.cwd, fromJson))), ...flags };
  const dir = command.args[0];
  return { dir, options: withName(options, dir, host), yes, dryRun, diff, json, install, git, generatorTarball };
}

function createCommand(): Command {
  const command = new Command('create-drone-mlops')
    .description(
      'Generates everything a team needs to detect objects in drone imagery with YOLO11 on Amazon SageMaker.',
    )
    .argument('[dir]', 'folder of the project; its name is the default of --project-name')
    .allowExcessArguments(false)
    .option('-y, --yes', 'ask nothing: what is not given takes its default')
    .option('--dry-run', 'list the files, write nothing')
    .option('--diff', 'show how the folder differs from what would be generated, write nothing')
    .option('--json', 'print one JSON object')
    .option('--no-install', 'do not install packages')
    .option('--no-git', 'do not make a git repository')
    .option('--from-json <file>', 'read options from a file: an object by option name')
    .addOption(new Option('--generator-tarball <file>', 'the generator as `npm pack` made it').hideHelp())
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this')
    .optionsGroup('Options of the project:');
  for (const name of OPTION_NAMES) addOption(command, name);
  return command;
}

function addOption(command: Command, name: OptionName): void {
  const option = optionOf(name);
  const flag = optionFlag(name);
  const { kind } = option;
  if (kind.placeholder === undefined) {
    command.option(flag, about(name)).addOption(new Option(flag.replace('--', '--no-')).hideHelp());
    return;
  }
  const parse = (text: string): unknown => {
    const value = kind.parse(text);
    if (value === undefined) throw new InvalidArgumentError(`It has to be ${kind.expects}`);
    return value;
  };
  command.addOption(new Option(`${flag} <${kind.placeholder}>`, about(name)).argParser(parse));
}

function about(name: OptionName): string {
  const option = optionOf(name);
  if (option.presence === 'required') return option.doc;
  const fallback = option.presence === 'default' ? option.kind.format(option.default) : option.without;
  return fallback === '' ? option.doc : `${option.doc} [${fallback}]`;
}

function isOption(name: string): boolean {
  return (OPTION_NAMES as readonly string[]).includes(name);
}

function readJson(file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `--from-json ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`--from-json ${file} holds no object of options by name.`);
}

/** The folder's name serves as the project's; one that cannot is an error, unless a person can be asked. */
function withName(options: Record<string, unknown>, dir: string | undefined, host: Host): Record<string, unknown> {
  if (options.projectName !== undefined || dir === undefined) return options;
  const projectName = basename(resolve(host.cwd, dir));
  const asks = host.interactive && faultOf('projectName', projectName) !== undefined;
  return asks ? options : { ...options, projectName };
}
