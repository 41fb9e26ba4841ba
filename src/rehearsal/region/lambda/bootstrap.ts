// What runs a function in a process of its own.

/**
 * A CommonJS program: `node bootstrap.cjs FOLDER HANDLER RESULT` calls the handler (`file.export`, in FOLDER) with the event
 * that comes on standard input, and writes what it answers to the file RESULT.
 *
 * It is text, since a child process runs it as it stands: a function's own text would hold what bundlers put into it.
 */
export const BOOTSTRAP = String.raw`'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [folder, handler, result] = process.argv.slice(2);
const end = (answer) => {
  writeFileSync(result, JSON.stringify(answer));
  process.exit(0);
};
const fail = (error) => {
  const isError = error instanceof Error;
  const stackTrace = isError ? String(error.stack).split('\n') : [];
  if (isError) console.error(error.stack);
  end({ error: { errorType: isError ? error.name : typeof error, errorMessage: isError ? error.message : String(error), trace: stackTrace } });
};
process.on('uncaughtException', fail).on('unhandledRejection', fail);

const [file, name] = handler.split('.');
const loaded = require(join(folder, file));
if (typeof loaded[name] !== 'function') throw new Error(handler + ' is undefined or not exported');
const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: '$LATEST',
  awsRequestId: process.env.REHEARSAL_REQUEST_ID,
};
Promise.resolve(loaded[name](JSON.parse(readFileSync(0, 'utf8')), context)).then((value) => end({ value: value ?? null }), fail);
`;
