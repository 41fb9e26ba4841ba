import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGION_BEHAVIOURS, renderEmulation } from '../../../src/rehearsal/region';

test('the page of the docs says what the region declares (node scripts/emulation.mjs writes it)', () => {
  const page = readFileSync(join(__dirname, '../../../docs/emulation.md'), 'utf8');
  expect(page).toBe(renderEmulation(REGION_BEHAVIOURS));
});

test('no behaviour is declared twice, and a documented one names its source', () => {
  const declared = REGION_BEHAVIOURS.map(({ operation, behaviour }) => `${operation} ${behaviour}`);
  expect(new Set(declared).size).toBe(declared.length);
  for (const { basis, source } of REGION_BEHAVIOURS) {
    if (basis === 'documented') expect(source).toMatch(/API Reference|Guide|SDK|botocore|aws-cdk/);
  }
});
