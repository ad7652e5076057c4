const { readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');

/**
 * Records of what a build was made from. CommonJS, because the command reads them before any TypeScript is built; the types
 * are in sources.d.cts.
 */

const stateOf = (path) => {
  const { size, mtimeMs } = statSync(path);
  return `${size}@${mtimeMs}`;
};

exports.statesOf = (paths) => Object.fromEntries(paths.map((path) => [path, stateOf(path)]));

/** A record is there as a whole or not at all, also on a full disk. */
exports.rememberSources = (record, sources) => {
  const fresh = `${record}.${process.pid}.new`;
  try {
    writeFileSync(fresh, JSON.stringify(sources));
    renameSync(fresh, record);
  } finally {
    rmSync(fresh, { force: true });
  }
};

exports.stampIfCurrent = (record) => {
  try {
    const { stamp, files } = JSON.parse(readFileSync(record, 'utf8'));
    return Object.entries(files).every(([path, state]) => state === stateOf(path)) ? stamp : undefined;
  } catch {
    return undefined;
  }
};
