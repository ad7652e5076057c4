const { readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');
const { crc32 } = require('node:zlib');

/**
 * Records of what a build was made from. CommonJS, because the command reads them before any TypeScript is built; the types
 * are in sources.d.cts.
 */

const stateOf = (path) => {
  const { size, mtimeMs } = statSync(path);
  return `${size}@${mtimeMs}`;
};

exports.statesOf = (paths) => Object.fromEntries(paths.map((path) => [path, stateOf(path)]));

const sumOf = (path) => crc32(readFileSync(path));

/** Paths of what was made are relative to the record, so that a copied folder tells of the copies. */
const sumsOf = (record, made) =>
  Object.fromEntries(made.map((path) => [relative(dirname(record), path), sumOf(path)]));

/** A record is there as a whole or not at all, also on a full disk. */
exports.rememberSources = (record, { stamp, files, made }) => {
  const fresh = `${record}.${process.pid}.new`;
  try {
    writeFileSync(fresh, JSON.stringify({ stamp, files, made: sumsOf(record, made) }));
    renameSync(fresh, record);
  } finally {
    rmSync(fresh, { force: true });
  }
};

const isAsMade = (record, [path, sum]) => sum === sumOf(join(dirname(record), path));

exports.isAsMade = (record, path) => {
  try {
    const { made } = JSON.parse(readFileSync(record, 'utf8'));
    const name = relative(dirname(record), path);
    return isAsMade(record, [name, made[name]]);
  } catch {
    return false;
  }
};

exports.stampIfCurrent = (record) => {
  try {
    const { stamp, files, made } = JSON.parse(readFileSync(record, 'utf8'));
    const isUnchanged = Object.entries(files).every(([path, state]) => state === stateOf(path));
    return isUnchanged && Object.entries(made).every((each) => isAsMade(record, each)) ? stamp : undefined;
  } catch {
    return undefined;
  }
};
