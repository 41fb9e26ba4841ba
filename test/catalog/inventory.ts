// What a template uses of CloudFormation: resource types with their properties, and intrinsic functions.
import type { Template } from '../../src/catalog';

/** Types with the properties that are set, down to two levels, and the intrinsics. */
export function inventory(templates: readonly Template[]): object {
  const types = new Map<string, Set<string>>();
  const intrinsics = new Set<string>();
  for (const template of templates) {
    findIntrinsics(template, intrinsics);
    for (const { Type, Properties = {}, ...attributes } of Object.values(template.Resources)) {
      const paths = types.get(Type) ?? new Set<string>();
      types.set(Type, paths);
      for (const attribute of Object.keys(attributes)) paths.add(`(${attribute})`);
      for (const [name, value] of Object.entries(Properties)) paths.add(name + nested(value));
    }
  }
  return {
    intrinsics: [...intrinsics].sort(),
    types: Object.fromEntries([...types].sort().map(([type, paths]) => [type, [...paths].sort()])),
  };
}

function nested(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  const keys = Object.keys(value);
  return keys.some(isIntrinsic) ? '' : `{${keys.sort().join(',')}}`;
}

function findIntrinsics(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] !== undefined && isIntrinsic(keys[0])) found.add(keys[0]);
  for (const item of Object.values(value)) findIntrinsics(item, found);
}

function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');
}
