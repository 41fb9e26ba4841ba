// The kinds of values that an option can have: how each is recognised, read from a flag's text, written back, and typed.

/** A kind of value. */
export interface Kind<T> {
  /** What a value has to be, for messages: "a whole number". */
  readonly expects: string;
  /** What stands for the value in a command's help; none for a switch. */
  readonly placeholder?: string;
  /** The type, in TypeScript. */
  readonly typescript: string;
  /** The type, in a jsii manifest. */
  readonly jsii: Readonly<Record<string, unknown>>;
  /** The only values that there are, where they can be listed. */
  readonly choices?: readonly T[];
  readonly is: (value: unknown) => value is T;
  /** Reads a flag's text; `undefined` when it is not of this kind. */
  readonly parse: (text: string) => T | undefined;
  /** The inverse of `parse`. */
  readonly format: (value: T) => string;
}

export const text: Kind<string> = {
  expects: 'text',
  placeholder: 'text',
  typescript: 'string',
  jsii: { primitive: 'string' },
  is: (value) => typeof value === 'string',
  parse: (value) => value,
  format: (value) => value,
};

export const number: Kind<number> = {
  expects: 'a number',
  placeholder: 'number',
  typescript: 'number',
  jsii: { primitive: 'number' },
  is: (value): value is number => Number.isFinite(value),
  parse: parseNumber,
  format: String,
};

export const whole: Kind<number> = {
  ...number,
  expects: 'a whole number',
  is: (value): value is number => Number.isInteger(value),
  parse: (value) => {
    const parsed = parseNumber(value);
    return Number.isInteger(parsed) ? parsed : undefined;
  },
};

export const yesOrNo: Kind<boolean> = {
  expects: 'true or false',
  typescript: 'boolean',
  jsii: { primitive: 'boolean' },
  is: (value) => typeof value === 'boolean',
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  format: String,
};

/** One of the values given. */
export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  const is = (value: unknown): value is T => (choices as readonly unknown[]).includes(value);
  return {
    expects: `one of ${choices.join(', ')}`,
    placeholder: choices.join('|'),
    typescript: choices.map((choice) => `'${choice}'`).join(' | '),
    jsii: { primitive: 'string' },
    choices,
    is,
    parse: (value) => (is(value) ? value : undefined),
    format: (value) => value,
  };
}

/** Texts, in a flag separated by commas. */
export const list: Kind<readonly string[]> = {
  expects: 'a list of texts',
  placeholder: 'a,b,…',
  typescript: 'readonly string[]',
  jsii: { collection: { kind: 'array', elementtype: { primitive: 'string' } } },
  is: (value): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  parse: splitList,
  format: (value) => value.join(','),
};

/** Values by name, in a flag as `name=value`, separated by commas. */
export function mapOf<T extends string | number>(values: Kind<T>): Kind<Readonly<Record<string, T>>> {
  return {
    expects: `${values.expects} by name`,
    placeholder: `name=${values.placeholder ?? 'value'},…`,
    typescript: `Readonly<Record<string, ${values.typescript}>>`,
    jsii: { collection: { kind: 'map', elementtype: values.jsii } },
    is: (value): value is Readonly<Record<string, T>> =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(values.is),
    parse: (value) => {
      const entries: [string, T][] = [];
      for (const pair of splitList(value)) {
        const [, name, rest] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
        const parsed = rest === undefined ? undefined : values.parse(rest.trim());
        if (name === undefined || parsed === undefined) return undefined;
        entries.push([name.trim(), parsed]);
      }
      return Object.fromEntries(entries);
    },
    format: (value) =>
      Object.entries(value)
        .map(([name, item]) => `${name}=${values.format(item)}`)
        .join(','),
  };
}

/** A step that a team has added to the pipeline. */
export interface AddedStep {
  /** In lower case with hyphens; its runner is `src/steps/NAME.ts`. */
  readonly name: string;
  /** The step that it comes right after. */
  readonly after: string;
  readonly kind: (typeof STEP_KINDS)[number];
}

/** What an added step can be, over what the step before it left: a processing job, a Lambda function, or work of somebody's outside. */
export const STEP_KINDS = ['processing', 'lambda', 'callback'] as const;

/** Added steps, in a flag as `name:after:kind`, separated by commas. */
export const addedSteps: Kind<readonly AddedStep[]> = {
  expects: 'a list of steps with name, after and kind',
  placeholder: `name:after:${STEP_KINDS.join('|')},…`,
  typescript: `readonly { readonly name: string; readonly after: string; readonly kind: ${STEP_KINDS.map((kind) => `'${kind}'`).join(' | ')} }[]`,
  jsii: { collection: { kind: 'array', elementtype: { primitive: 'json' } } },
  is: (value): value is readonly AddedStep[] => Array.isArray(value) && value.every(isAddedStep),
  parse: (value) => {
    const steps = splitList(value).map((item) => {
      const [name, after, kind, ...rest] = item.split(':');
      return rest.length > 0 ? undefined : { name, after, kind };
    });
    return steps.every(isAddedStep) ? steps : undefined;
  },
  format: (value) => value.map(({ name, after, kind }) => `${name}:${after}:${kind}`).join(','),
};

function isAddedStep(value: unknown): value is AddedStep {
  if (typeof value !== 'object' || value === null) return false;
  const { name, after, kind, ...rest } = value as Readonly<Record<string, unknown>>;
  return (
    typeof name === 'string' &&
    typeof after === 'string' &&
    (STEP_KINDS as readonly unknown[]).includes(kind) &&
    Object.keys(rest).length === 0
  );
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseNumber(value: string): number | undefined {
  const parsed = Number(value);
  return value.trim() !== '' && Number.isFinite(parsed) ? parsed : undefined;
}
