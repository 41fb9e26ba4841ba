// Changes of a team's `.projenrc.ts` through TypeScript's syntax tree: only what is asked for changes, comments and formatting stay.
import ts from 'typescript';

/** A definition that is written in a way that cannot be changed here; the message says what to do by hand. */
export class DefinitionEditError extends Error {
  override readonly name = 'DefinitionEditError';
}

const PROJECT_TYPES = ['DroneMlopsProject', 'ModelBuildProject'];

/** An item for a list among the options of a definition. */
export interface ListAddition {
  /** Name of the option. */
  readonly option: string;
  /** The item, in TypeScript. */
  readonly item: string;
  /** Items that the list holds while the definition does not name it, in TypeScript. */
  readonly fallback: readonly string[];
}

/**
 * Adds an item to a list.
 * @param source text of a `.projenrc.ts`
 * @param file its name, for messages
 * @returns the changed text
 * @throws DefinitionEditError when there is no such list to add to
 */
export function addToList(source: string, file: string, { option, item, fallback }: ListAddition): string {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const options = optionsOf(tree);
  if (options === undefined) {
    throw new DefinitionEditError(
      `${file} constructs no ${PROJECT_TYPES.join(' or ')} with its options written out: add ${item} to ${option} there by hand, then run \`npx projen\`.`,
    );
  }
  const property = options.properties.find((one) => one.name !== undefined && nameOf(one.name) === option);
  if (property === undefined) {
    const list = `${option}: [${[...fallback, item].join(', ')}]`;
    return append(source, options.properties, options, options.properties.length === 0 ? `\n  ${list},\n` : list);
  }
  if (ts.isPropertyAssignment(property) && ts.isArrayLiteralExpression(property.initializer)) {
    return append(source, property.initializer.elements, property.initializer, item);
  }
  const { line } = tree.getLineAndCharacterOfPosition(property.getStart());
  throw new DefinitionEditError(
    `${file}:${line + 1}: ${option} is not a list that is written out there: add ${item} by hand, then run \`npx projen\`.`,
  );
}

/** The object that the project is constructed with. */
function optionsOf(tree: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  const search = (node: ts.Node): ts.ObjectLiteralExpression | undefined => {
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && PROJECT_TYPES.includes(node.expression.text)) {
      const argument = node.arguments?.[0];
      if (argument !== undefined && ts.isObjectLiteralExpression(argument)) return argument;
    }
    return ts.forEachChild(node, search);
  };
  return search(tree);
}

function nameOf(name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : undefined;
}

/** Adds an element at the end, on a line of its own where the last one has its own. */
function append(source: string, elements: ts.NodeArray<ts.Node>, around: ts.Node, element: string): string {
  const insert = (at: number, text: string): string => source.slice(0, at) + text + source.slice(at);
  const last = elements.at(-1);
  if (last === undefined) return insert(around.getStart() + 1, element);
  const comma = elements.hasTrailingComma ? source.indexOf(',', last.getEnd()) + 1 : last.getEnd();
  const head = `${source.slice(0, comma)}${elements.hasTrailingComma ? '' : ','}`;
  const indent = /\n([ \t]*)$/.exec(source.slice(0, last.getStart()))?.[1];
  const lineEnd = source.indexOf('\n', comma);
  const closing = around.getEnd() - 1;
  if (indent === undefined || closing < lineEnd) return `${head} ${element}${source.slice(comma)}`;
  // A comment behind the last element stays with it.
  return `${head}${source.slice(comma, lineEnd)}\n${indent}${element},${source.slice(lineEnd)}`;
}
