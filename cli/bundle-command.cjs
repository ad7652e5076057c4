const { spawnSync } = require('node:child_process');
const { mkdirSync, readFileSync, readdirSync, rmSync, statSync } = require('node:fs');
const { basename, dirname, join, relative, resolve } = require('node:path');
const { rememberSources, stampIfCurrent, statesOf } = require('../local/build/sources.cjs');

/** Node 20 cannot run TypeScript: the command is bundled at its first start and whenever a source has changed. */

const root = resolve(__dirname, '..');
const builds = join(root, '.build', 'soundcheck');
const record = join(builds, 'sources.json');
/** What makes the bundle is a source of it, too. */
const own = ['cli/bundle-command.cjs', 'local/build/sources.cjs'];
const day = 24 * 60 * 60 * 1000;

/** Bundles the sources if needed and returns the path of the bundle; throws the errors of the build. */
exports.bundledCommand = () => readBuild() ?? buildApart();

/** Runs in its own process, because bundling takes memory that the command would keep. */
const buildApart = () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [__filename], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim());
  return stdout.trim();
};

/** The last build, unless one of its sources has changed or is gone, or the build is damaged. */
const readBuild = () => {
  const entry = stampIfCurrent(record);
  return entry && join(builds, entry);
};

/** Each build gets its own folder and counts only once its record is written, so that two builds at once do no harm. */
const build = async () => {
  const esbuild = require('esbuild');
  mkdirSync(builds, { recursive: true });
  const folder = `${Date.now()}-${process.pid}`;
  const { metafile } = await esbuild.build(options(join(builds, folder))).finally(esbuild.stop);
  const inputs = Object.keys(metafile.inputs).filter(isOurs);
  const entry = join(folder, 'soundcheck.mjs');
  const sources = [...inputs, ...own, 'package-lock.json'].map((path) => join(root, path));
  const made = Object.keys(metafile.outputs).map((path) => join(root, path));
  rememberSources(record, { stamp: entry, files: statesOf(sources), made });
  removeOld(folder);
  return join(builds, entry);
};

/** Packages change only together with the lock file. */
const isOurs = (path) => !path.startsWith('node_modules/');

/** A process of an older build may still have to load chunks of it. */
const removeOld = (current) => {
  for (const name of readdirSync(builds)) {
    const path = join(builds, name);
    const isOld = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > day;
    if (name !== current && name !== basename(record) && isOld)
      rmSync(path, { recursive: true, force: true });
  }
};

/**
 * Packages that validation needs are bundled: it starts faster and takes less memory. Others are loaded where they are used.
 */
const bundled = ['commander', 'fzstd', 're2js', 'zod'];

/** Commander is CommonJS and calls `require`, which ES modules do not have. */
const withRequire =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const options = (outdir) => ({
  absWorkingDir: root,
  entryPoints: ['cli/soundcheck.ts'],
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20',
  banner: { js: withRequire },
  logLevel: 'silent',
  plugins: [packagesStay, whereSourcesAre(outdir)],
});

const packagesStay = {
  name: 'packages-stay',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const isBundled = bundled.some((name) => path === name || path.startsWith(`${name}/`));
      return kind === 'entry-point' || isBundled ? undefined : { path, external: true };
    });
  },
};

/** A module that looks for files next to itself means its source file, not the bundle. */
const whereSourcesAre = (outdir) => ({
  name: 'where-sources-are',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const from = JSON.stringify(relative(outdir, path).replaceAll('\\', '/'));
      const text = readFileSync(path, 'utf8');
      return {
        loader: 'ts',
        contents: pastDoors(path, text).replaceAll(
          'import.meta.url',
          `new URL(${from}, import.meta.url).href`,
        ),
      };
    });
  },
});

/**
 * Replaces imports of a door by imports of the files behind it. Esbuild splits the bundle by files: with the doors, each
 * command would load everything that a room exports.
 */
const pastDoors = (path, text) =>
  text.replace(/^import (?:type )?\{([^}]*)\} from '(\.[^']*\/index\.ts)';$/gm, (whole, names, door) => {
    const files = behindDoor(resolve(dirname(path), door));
    const imports = names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name && !isType(name));
    const lines = imports.map((name) => [files.get(name.split(' as ')[0]), name]);
    if (lines.some(([file]) => file === undefined)) return whole;
    return lines.map(([file, name]) => `import { ${name} } from '${besides(path, file)}';`).join(' ');
  });

const isType = (name) => name.startsWith('type ');

const besides = (path, file) => {
  const near = relative(dirname(path), file).replaceAll('\\', '/');
  return near.startsWith('.') ? near : `./${near}`;
};

/** The file behind a door that defines each exported name. */
const behindDoor = (door) => {
  const files = new Map();
  for (const [, names, file] of readFileSync(door, 'utf8').matchAll(/^export \{([^}]*)\} from '([^']+)';$/gm))
    for (const name of names.split(','))
      if (name.trim() && !isType(name.trim())) files.set(name.trim(), resolve(dirname(door), file));
  return files;
};

if (require.main === module) {
  build().then(console.log, (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
