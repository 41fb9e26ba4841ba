// Loads a bundle with the code that V8 compiled at an earlier run, kept beside it where that can be written: compiling takes
// half of the time that generating a project does. V8 rejects a cache of another version of itself, or of another source.
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

module.exports = function load(filename) {
  const cache = `${filename}.cache`;
  const cachedData = read(cache);
  const script = new Script(wrap(readFileSync(filename, 'utf8')), { filename, cachedData });
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, createRequire(filename), bundle, filename, dirname(filename));
  if (!cachedData || script.cachedDataRejected) {
    process.once('exit', () => {
      keep(cache, script.createCachedData()); // at the end, when what is called lazily has been compiled as well
    });
  }
  return bundle.exports;
};

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // the first run
  }
}

function keep(file, data) {
  try {
    writeFileSync(`${file}.${process.pid}`, data);
    renameSync(`${file}.${process.pid}`, file); // whole or not at all, for whoever runs at the same time
  } catch {
    // A package that may not be written to runs without.
  }
}
