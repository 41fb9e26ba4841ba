// Disjoint sets: which of a number of things belong together when they are joined pair by pair.

export class DisjointSets {
  private readonly parent: Uint32Array;

  constructor(length: number) {
    this.parent = Uint32Array.from({ length }, (_, index) => index);
  }

  join(a: number, b: number): void {
    const [rootA, rootB] = [this.root(a), this.root(b)];
    this.parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }

  /** The members of each set, ascending; sets by their first member. */
  groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (let index = 0; index < this.parent.length; index += 1) {
      const root = this.root(index);
      const group = groups.get(root);
      if (group) group.push(index);
      else groups.set(root, [index]);
    }
    return [...groups.values()];
  }

  /** The smallest member of the set, which stands for it. */
  private root(index: number): number {
    let at = index;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]];
      at = this.parent[at];
    }
    return at;
  }
}
