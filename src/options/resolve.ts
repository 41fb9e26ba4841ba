// From what someone gave to a full set of options, or a sentence about what is wrong.
import type { Kind } from './kind';
import type { Option } from './option';
import { OPTIONS } from './table';

type Table = typeof OPTIONS;
export type OptionName = keyof Table;
type Value<O> = O extends { readonly kind: Kind<infer T> } ? T : never;
type Named<P> = { [K in OptionName]: Table[K] extends { readonly presence: P } ? K : never }[OptionName];

/** What the table asks for. `ProjectOptions` is the same with documentation. */
export type TableOptions = { readonly [K in Named<'required'>]: Value<Table[K]> } & {
  readonly [K in Named<'default' | 'optional'>]?: Value<Table[K]>;
};

/** Every option with its value; `undefined` only where leaving it out has a meaning. */
export type ResolvedOptions = { readonly [K in Named<'required' | 'default'>]: Value<Table[K]> } & {
  readonly [K in Named<'optional'>]?: Value<Table[K]>;
};

/** An option that is missing, unknown, or not what it should be. */
export class OptionError extends Error {
  override readonly name = 'OptionError';

  /** @param option the option's name in the table, or the unknown name */
  constructor(
    readonly option: string,
    readonly reason: string,
  ) {
    super(`${option} ${reason}.`);
  }
}

/** The names of all options, in the table's order. */
// The keys of a constant object are its type's keys; TypeScript types them as string.
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

/** What the table says of an option, its kind aside. */
export function optionOf(name: OptionName): Option<unknown> {
  // Kind<T> takes and gives T; seen from outside, T is unknown, and `is` guards every use.
  return OPTIONS[name] as unknown as Option<unknown>;
}

/**
 * Checks options and fills in the defaults.
 * @param given options by name; those of `undefined` count as left out
 * @throws OptionError for the first option that is unknown, missing or against a rule
 */
export function resolveOptions(given: Readonly<Record<string, unknown>>): ResolvedOptions {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) throw new OptionError(unknown, `is no option: there are ${OPTION_NAMES.join(', ')}`);
  const entries = OPTION_NAMES.map((name) => [name, resolveOne(name, given[name])] as const);
  // Each value has just been checked against its option's kind.
  const options = Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as ResolvedOptions;
  checkTogether(options);
  return options;
}

/** What is wrong with a value of an option, as the end of a sentence; `undefined` when nothing is. */
export function faultOf(name: OptionName, value: unknown): string | undefined {
  const { kind, rules } = optionOf(name);
  if (!kind.is(value)) return `is ${kind.expects}, not ${JSON.stringify(value)}`;
  const broken = rules?.find((rule) => !rule.holds(value));
  return broken && `${broken.message}, not ${JSON.stringify(value)}`;
}

function resolveOne(name: OptionName, value: unknown): unknown {
  const option = optionOf(name);
  if (value === undefined) {
    if (option.presence === 'required') throw new OptionError(name, 'is missing');
    return option.presence === 'default' ? option.default : undefined;
  }
  const fault = faultOf(name, value);
  if (fault !== undefined) throw new OptionError(name, fault);
  return value;
}

/** Rules that two options make together. */
function checkTogether(options: ResolvedOptions): void {
  if (options.trainer === 'ultralytics' && !options.acceptUltralyticsLicense) {
    throw new OptionError(
      'trainer',
      'ultralytics needs its licence accepted: set acceptUltralyticsLicense (AGPL-3.0, or an enterprise licence that you have), or choose trainer baseline',
    );
  }
  if (options.flight === 'pattern' && options.flightPattern === undefined) {
    throw new OptionError('flightPattern', 'is missing: flight is pattern');
  }
  const inVpc = [options.subnetIds, options.securityGroupIds].map((ids) => ids.length > 0);
  if (inVpc.some((named) => named !== (options.vpcId !== undefined))) {
    throw new OptionError('vpcId', 'goes with subnetIds and securityGroupIds: give all three, or none');
  }
  if (options.validationShare + options.testShare >= 1) {
    throw new OptionError(
      'testShare',
      'and validationShare together leave nothing to train on: they add up to less than 1',
    );
  }
}
