// Variables in an action's configuration: `#{namespace.name}`. Source: CodePipeline User Guide, "Variables reference".

/** A configuration that names a variable which is not there. */
export class UnresolvedVariableError extends Error {
  override readonly name = 'UnresolvedVariableError';
}

/** Variables by `namespace.name`. */
export type Variables = ReadonlyMap<string, string>;

/** @throws UnresolvedVariableError */
export function resolve(
  configuration: Readonly<Record<string, string>>,
  variables: Variables,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, text]) => [
      key,
      text.replace(/#\{([^}]+)\}/g, (_, name: string) => {
        const value = variables.get(name);
        if (value === undefined) {
          throw new UnresolvedVariableError(
            `An action configuration variable could not be resolved: ${name} in ${key}.`,
          );
        }
        return value;
      }),
    ]),
  );
}
