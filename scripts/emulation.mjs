// Renders docs/emulation.md from what the rehearsal region declares about itself.
// Usage: node scripts/emulation.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { REGION_BEHAVIOURS, renderEmulation } = await createJiti(root).import(
  join(root, 'src/rehearsal/region/index.ts'),
);
mkdirSync(join(root, 'docs'), { recursive: true });
writeFileSync(join(root, 'docs', 'emulation.md'), renderEmulation(REGION_BEHAVIOURS));
