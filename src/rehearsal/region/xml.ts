// Writes values as XML, and reads them, as their shapes in the model say.
import { parseXML } from '@aws-sdk/xml-builder';
import { AwsError } from './errors';
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

/**
 * A document as a value of its shape. What does not fit it is left for validation to refuse.
 * @throws AwsError MalformedXML
 */
export function parseXml(model: ServiceModel, reference: Reference, text: string): unknown {
  try {
    const [root] = Object.values(parseXML(text) as Readonly<Record<string, unknown>>); // a document has one root
    return xmlValue(model, reference, root);
  } catch {
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed.');
  }
}

/** @param node text, or what an element holds by the names of its elements and attributes */
function xmlValue(model: ServiceModel, reference: Reference, node: unknown): unknown {
  const shape = model.shapes[reference.shape];
  const children = typeof node === 'object' && node !== null ? (node as Readonly<Record<string, unknown>>) : {};
  switch (shape?.type) {
    case 'structure': {
      const byName = new Map(
        Object.entries(shape.members).map(([member, of]) => [of.locationName ?? member, { member, of }]),
      );
      const entries = Object.entries(children).filter(([name]) => !name.startsWith('xmlns'));
      return Object.fromEntries(
        entries.map(([name, child]) => {
          const known = byName.get(name);
          return known === undefined ? [name, child] : [known.member, xmlValue(model, known.of, child)];
        }),
      );
    }
    case 'list': {
      const items = shape.flattened ? node : children[shape.member.locationName ?? 'member'];
      if (items === undefined) return [];
      return (Array.isArray(items) ? items : [items]).map((item) => xmlValue(model, shape.member, item));
    }
    case 'integer':
    case 'float':
      return Number(node);
    case 'boolean':
      return node === 'true' ? true : node === 'false' ? false : node;
    default:
      return node;
  }
}
