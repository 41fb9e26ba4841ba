// Serves the registered model and holds its answers against those that the evaluate step kept.
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { RegionClient } from './client';
import type { InvocationRecord, RehearsalRecord } from './record';
import { POLL_SECONDS, type SeedCommands } from './seed-commands';

/** The server decodes and detects as the evaluate step does; JSON rounds what it answers. */
const PIXELS = 0.01;
const SCORE = 1e-3;

const detection = z.object({ box: z.array(z.number()).length(4), score: z.number(), class: z.string() });
type Found = z.infer<typeof detection>;

const goldenFile = z.object({
  frames: z.array(z.object({ file: z.string(), path: z.string(), detections: z.array(detection) })),
});
const invoked = z.array(z.object({ image: z.string(), milliseconds: z.number(), found: z.array(detection) }));

/**
 * Creates an endpoint, sends it the golden frames, and deletes it.
 * @param outputs S3 folders of the execution, by step and output
 */
export async function serveGoldenFrames(
  seed: SeedCommands,
  client: RegionClient,
  packageArn: string,
  outputs: ReadonlyMap<string, string>,
  stateDir: string,
): Promise<NonNullable<RehearsalRecord['serving']>> {
  const source = outputs.get('Evaluate/evaluation') ?? '';
  const golden = goldenFile.parse(JSON.parse(String(await client.read(`${source}/golden.json`))));
  const folder = join(stateDir, 'golden');
  await mkdir(folder, { recursive: true });
  for (const { file } of golden.frames) {
    await writeFile(join(folder, basename(file)), (await client.read(`${source}/${file}`)) ?? '');
  }
  // After the package's version, since a rehearsal that was interrupted may have left its own endpoint.
  const endpoint = `rehearsal-${packageArn.slice(packageArn.lastIndexOf('/') + 1)}`;
  try {
    await seed.run('endpoint', ['create', endpoint, '--package', packageArn, '--poll-seconds', POLL_SECONDS]);
    const answers = invoked.parse(await seed.json('endpoint', ['invoke', endpoint, folder]));
    const invocations = golden.frames.map(({ file, path, detections }): InvocationRecord => {
      const answer = answers.find(({ image }) => basename(image) === basename(file));
      const found = answer?.found ?? [];
      return {
        image: path,
        milliseconds: answer?.milliseconds ?? 0,
        detections: found.length,
        expected: detections.length,
        same: sameDetections(found, detections),
      };
    });
    return { endpoint, invocations };
  } finally {
    await seed.run('endpoint', ['delete', endpoint]);
  }
}

/** Whether each detection of one list has its own equal in the other. */
export function sameDetections(found: readonly Found[], expected: readonly Found[]): boolean {
  const free = [...expected];
  return (
    found.length === expected.length &&
    found.every((one) => {
      const at = free.findIndex((other) => isSame(one, other));
      return at >= 0 && free.splice(at, 1).length === 1;
    })
  );
}

function isSame(one: Found, other: Found): boolean {
  return (
    one.class === other.class &&
    Math.abs(one.score - other.score) <= SCORE &&
    one.box.every((edge, index) => Math.abs(edge - other.box[index]) <= PIXELS)
  );
}
