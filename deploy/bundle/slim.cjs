const { readFile } = require('node:fs/promises');
const { join } = require('node:path');
const { deflateRawSync } = require('node:zlib');

/** What is left out of bundles: parts of packages that no function uses, but that a bundler cannot tell from those it does. */

const js = (contents) => ({ contents, loader: 'js' });

/**
 * The schemas of an AWS client name the traits of each operation by constants. A bundler takes such a key for code that may do
 * something, and so keeps every operation with all its shapes; a written key has no effect, and unused operations go.
 */
const plainKeys = (source) => {
  const constants = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return source.replace(/\[(_\w+)\]:/g, (key, name) =>
    constants.has(name) ? `${constants.get(name)}:` : key,
  );
};

/** Clients of which no function tells one error from another: the service's own class stands for all. */
const oneError = /client-(lambda|eventbridge)/;
const withoutErrors = (source) =>
  source.replace(/^n0_registry\.registerError\((?!\w*ServiceException\$)[^\n]*\);$/gm, '');

const schemas = async ({ path }) => {
  const source = plainKeys(await readFile(path, 'utf8'));
  return js(oneError.test(path) ? withoutErrors(source) : source);
};

/** Of its package a client needs its version only, for the header that names it. */
const version = async ({ path }) => ({
  contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
  loader: 'json',
});

/** Exports that are never called: JSON Schema of a schema, and hashes in JavaScript for a Node without those in C. */
const nothing = async ({ path }) => {
  const names = [...(await readFile(path, 'utf8')).matchAll(/^export (?:const|function|class) (\w+)/gm)];
  return js(names.map(([, name]) => `export const ${name} = () => undefined;`).join('\n'));
};

/** Each part of the catalog is unpacked when it is read, so that a function holds only the parts that it names. */
const packed = async ({ path }) => {
  const parts = Object.entries(JSON.parse(await readFile(path, 'utf8'))).map(([name, part]) => {
    const text = deflateRawSync(JSON.stringify(part), { level: 9 }).toString('base64');
    return `export const ${name} = /* @__PURE__ */ unpack("${text}");`;
  });
  const unpack =
    'const unpack = (text) => JSON.parse(inflateRawSync(Buffer.from(text, "base64")).toString());';
  return js(["import { inflateRawSync } from 'node:zlib';", unpack, ...parts].join('\n'));
};

const here = (name) => ({ path: join(__dirname, name) });

/** The esbuild plugin. */
module.exports = {
  name: 'slim',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/].*dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, schemas);
    build.onLoad({ filter: /@aws-sdk[\\/][\w-]+[\\/]package\.json$/ }, version);
    build.onLoad({ filter: /zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ }, nothing);
    build.onLoad({ filter: /[\\/](Sha256Js|Sha1Js)\.js$/ }, nothing);
    build.onLoad({ filter: /\.build[\\/](\w+[\\/])?catalog\.json$/ }, packed);
    // Lambda and the laptop give credentials in the environment. The other ways to find some are a fifth of a bundle.
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => here('credentials.cjs'));
    build.onResolve({ filter: /^@aws-sdk\/endpoint-cache$/ }, () => here('endpoint-cache.cjs'));
    build.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, () => here('event-streams.cjs'));
    // Of pg a pull needs one client with a password: no pool, no native variant, no file of passwords.
    build.onResolve({ filter: /^pg$/ }, () => here('pg.cjs'));
    build.onResolve({ filter: /^\.\/stream$/ }, ({ resolveDir }) =>
      /[\\/]pg[\\/]lib$/.test(resolveDir) ? here('pg-stream.cjs') : undefined,
    );
    build.onResolve({ filter: /^pgpass$/ }, () => here('pgpass.cjs'));
  },
};
