// How SageMaker's evaluation, which the Python SDK's local executor shows, writes and names values: as Python does.
import { Float, isObject, type Value } from './json';

/** Python's `str()` of a primitive: `True`, `1.0`, `1e-05`. */
export function pythonText(value: string | number | boolean | Float): string {
  if (value instanceof Float) return floatText(value.value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** Python's `repr` of a string without backslashes or control characters. */
export function pythonQuoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

/** Python's name of a value's type. */
export function pythonType(value: Value): string {
  if (value instanceof Float) return 'float';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'string') return 'str';
  if (value === null) return 'NoneType';
  return isObject(value) ? 'dict' : 'list';
}

/** Python's `repr` of a float: as JavaScript's, but scientific below 1e-4 and from 1e16 on, and never without a fraction. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits, power] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16)
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
