// Checks a value against a shape of a service model, and says what is wrong as AWS's services say it.
import type { ListShape, MapShape, Reference, ScalarShape, ServiceModel, StructureShape } from './shapes';

/** What is wrong with a value: of the wrong JSON type, against a constraint, or not in the model at all. */
export interface Problem {
  readonly kind: 'type' | 'constraint' | 'unknown';
  readonly message: string;
}

type Report = (kind: Problem['kind'], message: string) => void;

/**
 * Everything wrong with a request.
 * @param input the request's members; timestamps as seconds since 1970, blobs as bytes
 */
export function requestProblems(model: ServiceModel, operation: string, input: unknown): Problem[] {
  return problems(model, model.operations[operation]?.input, input);
}

/** Everything wrong with an answer; see {@link requestProblems}. */
export function responseProblems(model: ServiceModel, operation: string, output: unknown): Problem[] {
  return problems(model, model.operations[operation]?.output, output);
}

function problems(model: ServiceModel, shape: string | undefined, value: unknown): Problem[] {
  if (shape === undefined) return [];
  const found: Problem[] = [];
  check(model, shape, value, '', (kind, message) => found.push({ kind, message }));
  return found;
}

function check(model: ServiceModel, name: string, value: unknown, at: string, report: Report): void {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`The pruned model lacks the shape ${name}.`);
  switch (shape.type) {
    case 'structure':
      if (isRecord(value)) checkStructure(model, shape, value, at, report);
      else report('type', typeMessage(at, 'a structure', value));
      return;
    case 'list':
      if (Array.isArray(value)) checkList(model, shape, value, at, report);
      else report('type', typeMessage(at, 'a list', value));
      return;
    case 'map':
      if (isRecord(value)) checkMap(model, shape, value, at, report);
      else report('type', typeMessage(at, 'a map', value));
      return;
    default:
      checkScalar(shape, value, at, report);
  }
}

function checkStructure(
  model: ServiceModel,
  shape: StructureShape,
  value: Readonly<Record<string, unknown>>,
  at: string,
  report: Report,
): void {
  for (const name of shape.required ?? []) {
    if (isAbsent(value[name])) report('constraint', failure(null, path(at, name), 'Member must not be null'));
  }
  for (const [name, member] of Object.entries(value)) {
    if (isAbsent(member)) continue;
    const reference: Reference | undefined = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (reference === undefined) report('unknown', `Unknown member '${path(at, name)}'`);
    else check(model, reference.shape, member, path(at, name), report);
  }
}

function checkList(model: ServiceModel, shape: ListShape, value: readonly unknown[], at: string, report: Report): void {
  checkSize(shape, value.length, value, at, report);
  for (const [index, item] of value.entries()) {
    check(model, shape.member.shape, item, `${at}.${index + 1}.member`, report);
  }
}

function checkMap(
  model: ServiceModel,
  shape: MapShape,
  value: Readonly<Record<string, unknown>>,
  at: string,
  report: Report,
): void {
  const entries = Object.entries(value);
  checkSize(shape, entries.length, value, at, report);
  for (const [key, item] of entries) {
    check(model, shape.key.shape, key, at, report);
    check(model, shape.value.shape, item, `${at}.${key}.member`, report);
  }
}

function checkScalar(shape: ScalarShape, value: unknown, at: string, report: Report): void {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') report('type', typeMessage(at, 'a string', value));
      else checkString(shape, value, at, report);
      return;
    case 'blob':
      if (!(value instanceof Uint8Array)) report('type', typeMessage(at, 'bytes', value));
      else checkSize(shape, value.length, '<bytes>', at, report);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') report('type', typeMessage(at, 'a boolean', value));
      return;
    default:
      if (typeof value !== 'number' || (shape.type === 'integer' && !Number.isSafeInteger(value))) {
        report('type', typeMessage(at, `a number of type ${shape.type}`, value));
      } else checkRange(shape, value, at, report);
  }
}

function checkString(shape: ScalarShape, value: string, at: string, report: Report): void {
  checkSize(shape, value.length, value, at, report);
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    report('constraint', failure(value, at, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
  }
  if (shape.pattern !== undefined && !anchored(shape.pattern).test(value)) {
    report('constraint', failure(value, at, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  }
}

function checkSize(
  { min, max }: { min?: number; max?: number },
  size: number,
  value: unknown,
  at: string,
  report: Report,
) {
  if (min !== undefined && size < min) {
    report('constraint', failure(value, at, `Member must have length greater than or equal to ${min}`));
  }
  if (max !== undefined && size > max) {
    report('constraint', failure(value, at, `Member must have length less than or equal to ${max}`));
  }
}

function checkRange({ min, max }: ScalarShape, value: number, at: string, report: Report): void {
  if (min !== undefined && value < min) {
    report('constraint', failure(value, at, `Member must have value greater than or equal to ${min}`));
  }
  if (max !== undefined && value > max) {
    report('constraint', failure(value, at, `Member must have value less than or equal to ${max}`));
  }
}

const compiled = new Map<string, RegExp>();

/** AWS matches the whole value, whether or not the pattern says so. */
function anchored(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const expression = new RegExp(`^(?:${pattern})$`, 'u');
  compiled.set(pattern, expression);
  return expression;
}

/** Values are quoted up to this many characters. */
const QUOTED_LENGTH = 200;

function failure(value: unknown, at: string, constraint: string): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const quoted = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text;
  return `Value ${value === null ? 'null' : `'${quoted}'`} at '${at}' failed to satisfy constraint: ${constraint}`;
}

function typeMessage(at: string, wanted: string, value: unknown): string {
  const given = value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
  return `Value at '${at}' must be ${wanted}, and is ${given}`;
}

/** Members in AWS's messages begin with a small letter. */
function path(at: string, member: string): string {
  const name = member.slice(0, 1).toLowerCase() + member.slice(1);
  return at === '' ? name : `${at}.${name}`;
}

/** A null member is as good as none in AWS's JSON protocols. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
