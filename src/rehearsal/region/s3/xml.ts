// Writes an answer's body as XML, as its shape in the model says.
import type { Reference, ServiceModel } from '../model';

/** XML of the members of `value` that no header carries. */
export function renderXml(model: ServiceModel, root: string, shape: string, value: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(model, root, { shape }, value, ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"')}`;
}

/** Escapes text for an element; what XML 1.0 cannot hold is written as a character reference, as S3 does. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is for
  return text.replace(/[&<>"\u0000-\u001f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

function element(
  model: ServiceModel,
  name: string,
  { shape: shapeName }: Reference,
  value: unknown,
  attributes = '',
): string {
  const shape = model.shapes[shapeName];
  if (shape?.type === 'structure') {
    const members = value as Readonly<Record<string, unknown>>; // the answer was checked against the shape
    const children = Object.entries(shape.members)
      .filter(([member, { location }]) => location === undefined && members[member] !== undefined)
      .map(([member, reference]) => child(model, reference.locationName ?? member, reference, members[member]));
    return `<${name}${attributes}>${children.join('')}</${name}>`;
  }
  const text = shape?.type === 'timestamp' ? new Date(Number(value) * 1000).toISOString() : String(value);
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** S3's lists in answers are all flattened: one element an item, without an element around them. */
function child(model: ServiceModel, name: string, reference: Reference, value: unknown): string {
  const shape = model.shapes[reference.shape];
  if (shape?.type !== 'list') return element(model, name, reference, value);
  const items = value as readonly unknown[]; // as above
  return items.map((item) => element(model, shape.member.locationName ?? name, shape.member, item)).join('');
}
