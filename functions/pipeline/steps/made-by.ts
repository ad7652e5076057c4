import { createHash } from 'node:crypto';
import type { Manifest } from '../../validation/index.ts';
import type { Dataset } from '../catalog.ts';

/** Identifies the manifest, SQL and rules of rows; differences in descriptions do not change the hash. */

/** Hash (hex) of a dataset's manifest, silver SQL, table and rules; blanks, comments and descriptions do not count. */
export const madeBy = ({ sql, table, ruleset }: Dataset, manifest: Manifest): string => {
  const { version: _version, quarantine_path: _path, fields, ...limits } = manifest;
  const values = fields.map(({ pii: _pii, ...field }) => field);
  const parts = [limits, values, table, bare(sql, sqlLexemes), bare(ruleset, rulesetLexemes)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
};

/** Quoted parts are kept, comments and blanks become one blank. */
const sqlLexemes = /('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)|(?:--[^\n]*|\/\*[\s\S]*?\*\/|\s)+/g;
const rulesetLexemes = /("(?:\\[\s\S]|[^"\\])*")|(?:#[^\n]*|\s)+/g;

const bare = (text: string, lexemes: RegExp): string =>
  text.replace(lexemes, (_, quoted: string | undefined) => quoted ?? ' ').trim();
