// The order of versions of this package.

/** Negative when `a` is older than `b`, positive when it is newer; as semver orders them, build metadata aside. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const i of [0, 1, 2]) {
    const difference = (left.core[i] ?? 0) - (right.core[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.stage === right.stage) return 0;
  // A release comes after what led up to it.
  if (left.stage === '' || right.stage === '') return left.stage === '' ? 1 : -1;
  return left.stage.localeCompare(right.stage, 'en', { numeric: true });
}

function parse(version: string): { core: number[]; stage: string } {
  const [core = '', ...stage] = version.replace(/\+.*$/, '').split('-');
  return { core: core.split('.').map(Number), stage: stage.join('-') };
}
