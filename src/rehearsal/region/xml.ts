// Writes values as XML, as their shapes in the model say.
import type { Reference, ServiceModel } from './model';

/** Escapes text for an element; what XML 1.0 cannot hold is written as a character reference, as S3 does. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is for
  return text.replace(/[&<>"\u0000-\u001f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

/** One element; members that headers carry are left out. The value has been checked against its shape. */
export function xmlElement(
  model: ServiceModel,
  name: string,
  reference: Reference,
  value: unknown,
  attributes = '',
): string {
  const shape = model.shapes[reference.shape];
  const element = (children: readonly string[]): string => `<${name}${attributes}>${children.join('')}</${name}>`;
  switch (shape?.type) {
    case 'structure': {
      const members = value as Readonly<Record<string, unknown>>;
      return element(
        Object.entries(shape.members)
          .filter(([member, { location }]) => location === undefined && members[member] !== undefined)
          .map(([member, inner]) => xmlElement(model, inner.locationName ?? member, inner, members[member])),
      );
    }
    case 'list': {
      const items = value as readonly unknown[];
      const itemName = shape.member.locationName ?? (shape.flattened ? name : 'member');
      const elements = items.map((item) => xmlElement(model, itemName, shape.member, item));
      return shape.flattened ? elements.join('') : element(elements);
    }
    case 'map': {
      const entryName = shape.flattened ? name : 'entry';
      const entries = Object.entries(value as Readonly<Record<string, unknown>>).map(
        ([key, item]) =>
          `<${entryName}>` +
          xmlElement(model, shape.key.locationName ?? 'key', shape.key, key) +
          xmlElement(model, shape.value.locationName ?? 'value', shape.value, item) +
          `</${entryName}>`,
      );
      return shape.flattened ? entries.join('') : element(entries);
    }
    case 'timestamp':
      return element([new Date(Number(value) * 1000).toISOString()]);
    case 'blob':
      return element([Buffer.from(value as Uint8Array).toString('base64')]);
    default:
      return element([escapeXml(String(value))]);
  }
}
