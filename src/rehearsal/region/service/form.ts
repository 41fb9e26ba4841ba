// The Query protocol's requests: `Tags.member.1.Key=team` becomes `{ Tags: [{ Key: 'team' }] }`, as the model says.
import type { Reference, ServiceModel } from '../model';
import type { Members } from './operation';

/** A form's names taken apart at their dots. */
interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

/** Parts of the protocol that are no operation's. */
const PROTOCOL_NAMES = new Set(['Action', 'Version']);

/** Names that the model does not have stay as they are, for validation to refuse. */
export function parseForm(model: ServiceModel, action: string, form: URLSearchParams): Members {
  const root: Node = { children: new Map() };
  for (const [name, text] of form) {
    if (PROTOCOL_NAMES.has(name)) continue;
    let node = root;
    for (const part of name.split('.')) {
      const next = node.children.get(part) ?? { children: new Map<string, Node>() };
      node.children.set(part, next);
      node = next;
    }
    node.text = text;
  }
  const shape = model.operations[action]?.input;
  return shape === undefined ? {} : (value(model, { shape }, root) as Members); // inputs are structures
}

function value(model: ServiceModel, reference: Reference, node: Node): unknown {
  const shape = model.shapes[reference.shape];
  switch (shape?.type) {
    case 'structure': {
      const byName = new Map(
        Object.entries(shape.members).map(([member, of]) => [of.locationName ?? member, { member, of }]),
      );
      return Object.fromEntries(
        [...node.children].map(([name, child]) => {
          const known = byName.get(name);
          return known === undefined ? [name, child.text ?? ''] : [known.member, value(model, known.of, child)];
        }),
      );
    }
    case 'list': {
      const items = shape.flattened ? node : node.children.get(shape.member.locationName ?? 'member');
      return ordered(items).map((item) => value(model, shape.member, item));
    }
    case 'map': {
      const entries = shape.flattened ? node : node.children.get('entry');
      return Object.fromEntries(
        ordered(entries).map((entry) => [
          entry.children.get(shape.key.locationName ?? 'key')?.text ?? '',
          value(model, shape.value, entry.children.get(shape.value.locationName ?? 'value') ?? { children: new Map() }),
        ]),
      );
    }
    default:
      return scalar(shape?.type, node.text ?? '');
  }
}

function ordered(node: Node | undefined): Node[] {
  return [...(node?.children ?? [])].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

/** Text that is no such value stays text, for validation to refuse. */
function scalar(type: string | undefined, text: string): unknown {
  if (type === 'integer' || type === 'float') {
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  }
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'timestamp') return Number.isNaN(Date.parse(text)) ? text : Date.parse(text) / 1000;
  if (type === 'blob') return Buffer.from(text, 'base64');
  return text;
}
