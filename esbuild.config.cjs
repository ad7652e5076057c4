const slim = require('./deploy/bundle/slim.cjs');

/** What every bundle has in common, on AWS and on the laptop, whose Node is 20. */
const bundle = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  plugins: [slim],
  // Packages that are still CommonJS ask for Node's own modules by `require`, which ESM lacks.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};

/**
 * Esbuild options of a function's bundle, an ES module ending in `.mjs`.
 *
 * The deployment framework calls it with itself and has its own word for the file extension; anyone else calls it
 * without an argument and gets plain esbuild options.
 */
module.exports = (serverless) => ({
  ...bundle,
  // The plugin leaves out the SDK unless something else is named to be excluded; the one of the runtime has another version.
  // Without skipRebuild an error in one bundle leaves the others' watchers running, and packaging never ends.
  ...(serverless ? { outputFileExtension: '.mjs', skipRebuild: true } : { outExtension: { '.js': '.mjs' } }),
});
