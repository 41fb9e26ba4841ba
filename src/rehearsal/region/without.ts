// An object but for some of its members.

export function without<T extends object, K extends PropertyKey>(value: T, ...names: readonly K[]): Omit<T, K> {
  const gone: readonly string[] = names.map(String);
  // What is left has every other member, as it was.
  return Object.fromEntries(Object.entries(value).filter(([name]) => !gone.includes(name))) as Omit<T, K>;
}
