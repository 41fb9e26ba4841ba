// A stack's parameters: what was given, what was before, what the template says when nothing was, and whether that is allowed.
import { templateError, type Parameter } from './template';

export interface GivenParameter {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean;
}

const SSM_TYPE = /^AWS::SSM::Parameter::Value<(String|AWS::EC2::Image::Id)>$/;
const TYPES = ['String', 'Number', 'CommaDelimitedList', 'AWS::SSM::Parameter::Name'];

/**
 * The value of each parameter as it was given.
 * @throws AwsError ValidationError for a parameter that the template has not, that lacks a value, or whose value is not allowed
 */
export function parameterValues(
  declared: Readonly<Record<string, Parameter>>,
  given: readonly GivenParameter[],
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const byName = new Map(given.map((one) => [one.ParameterKey ?? '', one]));
  const unknown = [...byName.keys()].filter((name) => !(name in declared));
  if (unknown.length > 0) throw templateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const values = Object.entries(declared).map(([name, parameter]) => {
    const one = byName.get(name);
    const value = one?.UsePreviousValue === true ? before[name] : (one?.ParameterValue ?? parameter.Default);
    return [name, value] as const;
  });
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) throw templateError(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(values.map(([name, value = '']) => [name, checked(name, declared[name], value)]));
}

/** The name in Parameter Store whose value a parameter stands for; undefined for a parameter of another type. */
export function storedParameter({ Type }: Parameter, value: string): string | undefined {
  return SSM_TYPE.test(Type) ? value : undefined;
}

function checked(name: string, parameter: Parameter | undefined, value: string): string {
  if (parameter === undefined) return value;
  const { Type, AllowedPattern, AllowedValues, MinLength = 0, MaxLength = Infinity } = parameter;
  if (!TYPES.includes(Type) && !SSM_TYPE.test(Type)) {
    throw templateError(`The rehearsal region has no parameter type ${Type} (of ${name}); it has ${TYPES.join(', ')}.`);
  }
  const fail = (rule: string): never => {
    throw templateError(
      parameter.ConstraintDescription === undefined
        ? `Parameter '${name}' ${rule}`
        : `Parameter ${name} failed to satisfy constraint: ${parameter.ConstraintDescription}`,
    );
  };
  if (Type === 'Number') {
    const number = Number(value);
    if (value.trim() === '' || Number.isNaN(number)) return fail('must be a number.');
    if (number < (parameter.MinValue ?? -Infinity))
      return fail(`must be a number not less than ${parameter.MinValue ?? ''}`);
    if (number > (parameter.MaxValue ?? Infinity))
      return fail(`must be a number not greater than ${parameter.MaxValue ?? ''}`);
  }
  if (AllowedValues?.includes(value) === false) {
    return fail(`must be one of AllowedValues`);
  }
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
    return fail(`must match pattern ${AllowedPattern}`);
  }
  if (value.length < MinLength) return fail(`must contain at least ${MinLength} characters`);
  if (value.length > MaxLength) return fail(`must contain at most ${MaxLength} characters`);
  return value;
}
