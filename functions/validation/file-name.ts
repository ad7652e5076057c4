import { RE2JS } from 're2js';
import type { Manifest } from './manifest/manifest.ts';
import { leadsOut } from './names.ts';
import type { ViolationLog } from './violations.ts';

const gz = '.gz';

/** Tells from a name alone whether a file is gzip. */
export const isGzip = (key: string): boolean => key.endsWith(gz);

/** Checks the key of a file against the manifest: directory, extension and name pattern; `#` is reserved for repairs. */
export const validateName = (key: string, manifest: Manifest, violations: ViolationLog): void => {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const { directory, format, extension, name_pattern } = manifest;
  if (!isInside(key, directory)) {
    violations.add('directory', undefined, () => ({ value: key, says: `does not lie in ${directory}` }));
  }
  if (key.includes('#')) {
    violations.add('key', undefined, () => ({ value: key, says: 'holds a #, which no key may' }));
  }
  if (/\p{Cc}/u.test(key)) {
    violations.add('key', undefined, () => ({
      value: key,
      says: 'holds a control character, which no key may',
    }));
  }
  if (!name.endsWith(extension) && !(name.endsWith(extension + gz) && format !== 'parquet')) {
    violations.add('extension', undefined, () => ({ value: name, says: extensionProblem(name, manifest) }));
  }
  if (name_pattern !== undefined && !matches(name_pattern, name)) {
    violations.add('name_pattern', undefined, () => ({
      value: name,
      says: `does not match the name pattern ${name_pattern}`,
    }));
  }
};

const otherCompression = /\.(zst|zstd|bz2|xz|lz4|zip|7z|snappy|br|Z)$/;

const extensionProblem = (name: string, { extension, format }: Manifest): string => {
  const [, other] = otherCompression.exec(name) ?? [];
  if (other !== undefined) return `is compressed as .${other}, which is not read; gzip (.gz) is`;
  const isZipped = format === 'parquet' && name.endsWith(extension + gz);
  return isZipped ? 'is gzip around Parquet, which is compressed inside' : `does not end in ${extension}`;
};

const isInside = (key: string, directory: string): boolean =>
  key.startsWith(directory) &&
  !leadsOut(key.slice(directory.length)) &&
  !key.slice(directory.length).split('/').includes('');

/** A pattern must match the whole name, without `.gz`. */
const matches = (pattern: string, name: string): boolean => {
  const compiled = RE2JS.compile(pattern);
  return compiled.matches(name) || (name.endsWith(gz) && compiled.matches(name.slice(0, -gz.length)));
};
