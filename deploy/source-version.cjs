const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');

/** Everything of which a deployment is made. */
const sources = ['serverless.yml', 'package-lock.json', 'esbuild.config.cjs'];
const folders = ['functions', 'resources', 'rules', 'sql', 'glue', 'deploy'];

const ending = /\.(ts|cjs|yml|sql|json|dqdl|py)$/;
/** What tools write beside the sources. */
const written = new Set(['target', 'logs', 'dbt_packages', 'node_modules', '__pycache__']);

const filesOf = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return written.has(entry.name) ? [] : filesOf(path);
        return ending.test(entry.name) ? [path] : [];
      })
    : [];

/** The hash of this project's sources, which each function of a deployment has as `VERSION`. */
const version = async () => {
  const hash = createHash('sha256');
  const paths = [...sources, ...folders.flatMap(filesOf)].filter((path) => existsSync(join(root, path)));
  for (const path of paths.sort()) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
};

module.exports = { version };
