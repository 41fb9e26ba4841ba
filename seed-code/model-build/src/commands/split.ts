// `split`: which images train, which validate and which test, by flight; the plan that the split step makes of a data version.
import { flightRule, type FlightRule } from '../config';
import {
  boxesByClass,
  DataFolderError,
  nameOf,
  PARTS,
  planSplit,
  someOf,
  splitSummary,
  tellFlights,
  type ImageRecord,
  type Part,
  type Shares,
} from '../dataset';
import { classesOf, DATA_FLAGS, type DataCommand, dataUsage, openData, printShare } from './data-flags';
import { recordRows } from './record-rows';
import { numberFlag, parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `model-build split DIR [options]

  --flight RULE            folder, pattern or time-gap. Default: the project's rule, else folder.
  --flight-pattern REGEX   Its first group in an image's path, else the whole match, is the flight.
  --flight-gap-minutes M   Minutes without an image after which another flight begins. Default: 30.
  --time-blocks            Cut fewer than three flights into blocks of time, which is weaker.
  --validation-share S     Default: the project's, else 0.15.
  --test-share S           Default: the project's, else 0.15.
${dataUsage('split', 'split.json (what went where, and why), split.jsonl (a line an image) and train.txt, validation.txt, test.txt')}`;

const FLAGS = {
  ...DATA_FLAGS,
  flight: { type: 'string' },
  'flight-pattern': { type: 'string' },
  'flight-gap-minutes': { type: 'string', default: '30' },
  'time-blocks': { type: 'boolean' },
  'validation-share': { type: 'string' },
  'test-share': { type: 'string' },
} as const;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], allowPositionals: true, options: FLAGS });
    const data = await openData('split', values, positionals);
    const { folder, out, shard, project } = data;
    const settings = {
      flight: ruleFlag(values, project?.flight),
      timeBlocks: values['time-blocks'] ?? project?.split.timeBlocks ?? false,
      shares: sharesFlag(values, project?.split),
    };
    const classes = classesOf(data);
    const { records, unreadable, reused } = await recordRows(data);
    if (shard) {
      printShare(values.json, records.length + unreadable.length, reused, shard);
      return 0;
    }
    if (unreadable.length > 0) {
      throw new DataFolderError(
        `${unreadable.length} files of ${folder.place.name} are no images that can be read, ${someOf(unreadable)}: repair or remove them.`,
      );
    }
    const flights = tellFlights(records, settings.flight);
    const images = records.map((record, index) => ({
      ...record,
      flight: flights[index],
      boxes: boxesByClass(record.labels, classes),
    }));
    const plan = planSplit(images, settings.shares, settings.timeBlocks);
    const summary = { settings, ...splitSummary(classes, images, plan) };
    await write(data, classes, records, flights, plan.parts, summary);
    for (const warning of plan.warnings) process.stderr.write(`Warning: ${warning}\n`);
    const lines = PARTS.map((part) => {
      const { images: count, flights: of } = summary.parts[part];
      return `${part.padEnd(12)}${count} images of ${of.length === 1 ? `the flight ${of[0]}` : `${of.length} flights`}`;
    });
    const where = out ? `Look at ${nameOf(out, 'split.json')}.` : 'Dry run: nothing was written.';
    printOutcome(values.json, summary, [...lines, where]);
    return 0;
  });
}

async function write(
  { out, folder }: DataCommand,
  classes: readonly string[],
  records: readonly ImageRecord[],
  flights: readonly string[],
  parts: readonly Part[],
  summary: object,
): Promise<void> {
  if (!out) return;
  const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
  const header = { format: 'drone-mlops/data-version@1', classes, images: records.length, bytes };
  const lines = records.map((record, index) => ({ ...record, flight: flights[index], part: parts[index] }));
  await out.write('split.jsonl', [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
  for (const part of PARTS) {
    const members = records.filter((_, index) => parts[index] === part);
    await out.write(`${part}.txt`, members.map(({ path }) => `${nameOf(folder.place, path)}\n`).join(''));
  }
  await out.write('split.json', `${JSON.stringify(summary, null, 2)}\n`);
}

interface RuleFlags {
  readonly flight?: string | undefined;
  readonly 'flight-pattern'?: string | undefined;
  readonly 'flight-gap-minutes': string;
}

function ruleFlag(flags: RuleFlags, ofProject: FlightRule | undefined): FlightRule {
  const { flight: by, 'flight-pattern': pattern, 'flight-gap-minutes': minutes } = flags;
  if (by === undefined && pattern === undefined) return ofProject ?? { by: 'folder' };
  if (by === 'folder') return { by };
  if (by === 'time-gap') return { by, minutes: numberFlag('flight-gap-minutes', minutes, 0, 1e6) };
  const rule = flightRule.safeParse({ by: by ?? 'pattern', pattern });
  if (rule.success) return rule.data;
  throw new UsageError('--flight is folder, time-gap, or pattern with --flight-pattern.');
}

interface ShareFlags {
  readonly 'validation-share'?: string | undefined;
  readonly 'test-share'?: string | undefined;
}

const SHARE = 0.15;

function sharesFlag(flags: ShareFlags, ofProject: Shares | undefined): Shares {
  const share = (flag: keyof ShareFlags, standing: number | undefined): number => {
    const text = flags[flag];
    return text === undefined ? (standing ?? SHARE) : numberFlag(flag, text, 0.001, 0.998);
  };
  const validation = share('validation-share', ofProject?.validation);
  const test = share('test-share', ofProject?.test);
  if (validation + test >= 1) throw new UsageError('--validation-share and --test-share leave nothing to train on.');
  return { train: 1 - validation - test, validation, test };
}
