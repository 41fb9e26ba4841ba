// Jest's globalSetup: what tests leave among the temporary files goes when they have ended.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tests-'));
  // Workers and what they start inherit it; Windows has it under the second name.
  process.env.TMPDIR = folder;
  process.env.TEMP = folder;
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
};
