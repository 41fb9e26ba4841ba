// JSON as the event bus reads it.

export type Leaf = string | number | boolean | null;
export type Json = Leaf | readonly Json[] | JsonRecord;
export interface JsonRecord {
  readonly [name: string]: Json;
}

export function isRecord(value: Json): value is JsonRecord;
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
