#!/usr/bin/env node
// Node reads this when it first uses its thread pool; DuckDB keeps four of the threads busy.
process.env.UV_THREADPOOL_SIZE ??= '16';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// A command that must stop something in order handles signals itself, later.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    console.error('\nInterrupted.');
    process.exit(130);
  });

const { pathToFileURL } = require('node:url');
const { bundledCommand } = require('./bundle-command.cjs');

const run = async () => import(pathToFileURL(bundledCommand()).href);

run().catch((error) => {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
