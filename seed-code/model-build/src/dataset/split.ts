// Which part each image goes to: whole flights where there are enough of them, so that no part has seen another's ground.
import { createHash } from 'node:crypto';
import { DisjointSets } from './disjoint-sets';
import { SplitError } from './errors';
import { nearDuplicates } from './perceptual-hash';
import { PARTS, type ImageRecord, type Part } from './records';

export type SplitImage = Pick<ImageRecord, 'path' | 'capturedAt' | 'hash'> & { readonly flight: string };

/** Shares of the images; only their proportions count. */
export type Shares = Readonly<Record<Part, number>>;

export interface SplitPlan {
  readonly method: 'flights' | 'time-blocks';
  /** The part of each image, in the images' order. */
  readonly parts: readonly Part[];
  /** Flights that share near-duplicate frames, and so a part. */
  readonly joinedFlights: readonly (readonly string[])[];
  /** Paths of frames that are near-duplicates of each other. */
  readonly nearDuplicates: readonly (readonly string[])[];
  readonly warnings: readonly string[];
}

/** Ranks flights; a constant, so that a flight keeps its rank when others come. */
const RANK_SEED = 'drone-mlops/split@1';
/** How far a part may be from its share before the plan warns. */
const TOLERANCE = 0.1;

/**
 * Plans the split. Flights are ranked by a hash of their names and go, one by one, to the part that lacks most of its quota;
 * each part gets at least one. Flights with near-duplicate frames count as one.
 * @param timeBlocks whether fewer than three flights may be cut into blocks of time, which is weaker
 * @throws SplitError when there are too few flights, or too few images for blocks
 */
export function planSplit(images: readonly SplitImage[], shares: Shares, timeBlocks: boolean): SplitPlan {
  const duplicates = nearDuplicates(images.map(({ hash }) => hash));
  const clusters = joinFlights(images, duplicates);
  const enough = clusters.length >= PARTS.length;
  if (!enough && !timeBlocks) throw new SplitError(tooFewFlights(clusters));
  const parts = enough ? partsByFlight(images, clusters, shares) : partsByTime(images, shares);
  return {
    method: enough ? 'flights' : 'time-blocks',
    parts,
    joinedFlights: clusters.filter((cluster) => cluster.length > 1),
    nearDuplicates: duplicates.map((group) => group.map((index) => images[index].path)),
    warnings: enough ? unevenness(parts, shares) : [weakness(clusters, duplicates, parts)],
  };
}

/** Flights in clusters, linked by near-duplicate frames; names ascending. */
function joinFlights(images: readonly SplitImage[], duplicates: readonly (readonly number[])[]): string[][] {
  const names = [...new Set(images.map(({ flight }) => flight))].sort();
  const numberOf = new Map(names.map((name, index) => [name, index]));
  const flightOf = (index: number): number => numberOf.get(images[index].flight) ?? 0;
  const sets = new DisjointSets(names.length);
  for (const [first, ...others] of duplicates) for (const other of others) sets.join(flightOf(first), flightOf(other));
  return sets.groups().map((group) => group.map((index) => names[index]));
}

function partsByFlight(images: readonly SplitImage[], clusters: readonly string[][], shares: Shares): Part[] {
  const sizeOf = new Map<string, number>();
  for (const { flight } of images) sizeOf.set(flight, (sizeOf.get(flight) ?? 0) + 1);
  const ranked = clusters
    .map((cluster) => ({ cluster, rank: rank(cluster[0]) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));

  const lacking = quotas(images.length, shares);
  const empty = new Set<Part>(PARTS);
  const partOf = new Map<string, Part>();
  ranked.forEach(({ cluster }, index) => {
    const mustFill = ranked.length - index <= empty.size;
    const open = mustFill ? PARTS.filter((part) => empty.has(part)) : PARTS;
    const part = open.reduce((most, other) => (lacking[other] > lacking[most] ? other : most));
    empty.delete(part);
    for (const flight of cluster) {
      partOf.set(flight, part);
      lacking[part] -= sizeOf.get(flight) ?? 0;
    }
  });
  return images.map(({ flight }) => partOf.get(flight) ?? 'train');
}

/** Within each flight, in the order of capture: the first block trains, the next validates, the last tests. */
function partsByTime(images: readonly SplitImage[], shares: Shares): Part[] {
  const parts: Part[] = images.map(() => 'train');
  const byFlight = new Map<string, number[]>();
  images.forEach(({ flight }, index) => {
    const members = byFlight.get(flight);
    if (members) members.push(index);
    else byFlight.set(flight, [index]);
  });
  for (const [flight, members] of byFlight) {
    if (members.length < PARTS.length) {
      throw new SplitError(
        `The flight ${flight} has ${members.length} images: blocks of time need at least ${PARTS.length}.`,
      );
    }
    const key = (index: number): string => `${images[index].capturedAt ?? ''} ${images[index].path}`;
    members.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const quota = quotas(members.length, shares);
    const [validation, test] = [quota.validation, quota.test].map((count) => Math.max(1, Math.round(count)));
    const testBegins = Math.max(2, members.length - test);
    const validationBegins = Math.max(1, testBegins - validation);
    members.forEach((index, place) => {
      if (place >= validationBegins) parts[index] = place >= testBegins ? 'test' : 'validation';
    });
  }
  return parts;
}

function quotas(images: number, shares: Shares): Record<Part, number> {
  const sum = shares.train + shares.validation + shares.test;
  const quota = (share: number): number => (images * share) / sum;
  return { train: quota(shares.train), validation: quota(shares.validation), test: quota(shares.test) };
}

function rank(flight: string): string {
  return createHash('sha256').update(`${RANK_SEED}\n${flight}`).digest('hex');
}

function tooFewFlights(clusters: readonly string[][]): string {
  const joined = clusters.find((cluster) => cluster.length > 1);
  const because = joined ? `, because ${joined.join(' and ')} share near-duplicate frames and count as one` : '';
  const flights = clusters.length === 1 ? 'flight' : 'flights';
  return (
    `The images come from ${clusters.length} ${flights} (${clusters.flat().join(', ')})${because}; training, validation and ` +
    'test need one each: add flights, change the rule that tells them, or set timeBlocks to allow the weaker split by time.'
  );
}

function weakness(
  clusters: readonly string[][],
  duplicates: readonly (readonly number[])[],
  parts: readonly Part[],
): string {
  const leaking = duplicates.filter((group) => new Set(group.map((index) => parts[index])).size > 1).length;
  return (
    `Only ${clusters.length} of the three flights that a split needs: each flight was cut into blocks of time, so the parts ` +
    `show the same ground and the metrics flatter the model; ${leaking} groups of near-duplicate frames lie across parts.`
  );
}

function unevenness(parts: readonly Part[], shares: Shares): string[] {
  const wanted = quotas(1, shares);
  return PARTS.flatMap((part) => {
    const share = parts.filter((other) => other === part).length / parts.length;
    if (Math.abs(share - wanted[part]) <= TOLERANCE) return [];
    const [is, asked] = [share, wanted[part]].map((value) => `${Math.round(value * 100)} %`);
    return [`The ${part} part holds ${is} of the images where ${asked} were asked for: flights are never cut.`];
  });
}
