#!/usr/bin/env node
// The package's commands, run from their TypeScript sources.
require('tsx/cjs');
require('../src/main.ts');
