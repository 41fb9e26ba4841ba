// Finds where the team has moved a file: by how alike it is to what was generated, so that it works uncommitted and in shallow clones.

/** As git: at least half of it has to be the same. */
const ALIKE = 0.5;

/**
 * Pairs files that are missing with files that are new, the most alike first; each is in one pair at most.
 * @param missing what was generated, by its path
 * @param found what the team has, by its path
 * @returns where each missing file went, as far as it is anywhere
 */
export function findMoves(
  missing: ReadonlyMap<string, Buffer>,
  found: ReadonlyMap<string, Buffer>,
): ReadonlyMap<string, string> {
  const counted = new Map([...found].map(([path, bytes]) => [path, linesOf(bytes)] as const));
  const pairs = [...missing].flatMap(([from, bytes]) => {
    const lines = linesOf(bytes);
    return [...counted].flatMap(([to, others]) => {
      const score = similarity(lines, others);
      return score >= ALIKE ? [{ from, to, score: score + sameName(from, to) }] : [];
    });
  });
  // Ties go by path, so that the order of a folder's listing does not matter.
  pairs.sort((a, b) => b.score - a.score || compare(a.from, b.from) || compare(a.to, b.to));
  const moves = new Map<string, string>();
  const taken = new Set<string>();
  for (const { from, to } of pairs) {
    if (moves.has(from) || taken.has(to)) continue;
    moves.set(from, to);
    taken.add(to);
  }
  return moves;
}

/** How often each line occurs, and how many characters there are, blanks aside. */
interface Lines {
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}

function linesOf(bytes: Buffer): Lines {
  const counts = new Map<string, number>();
  let size = 0;
  for (const line of bytes.toString('latin1').split('\n')) {
    const text = line.trim();
    if (text === '') continue;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    size += text.length;
  }
  return { counts, size };
}

/** Share of the larger text, in characters, that stands in both, whatever the order of the lines. */
function similarity(a: Lines, b: Lines): number {
  const larger = Math.max(a.size, b.size);
  if (Math.min(a.size, b.size) < larger * ALIKE) return 0;
  let common = 0;
  for (const [text, count] of a.counts) common += text.length * Math.min(count, b.counts.get(text) ?? 0);
  return larger === 0 ? 0 : common / larger;
}

/** Decides between candidates that are equally alike. */
function sameName(from: string, to: string): number {
  return from.split('/').at(-1) === to.split('/').at(-1) ? 0.01 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
