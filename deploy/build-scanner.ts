import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import binaryen from 'binaryen';

const output = 'functions/validation/fast/module.ts';
/** Pages of 64 KiB that the memory layout of `fast/piece.ts` needs. */
const memoryPages = '6';
const options = ['--runtime', 'stub', '--enable', 'simd', '--noAssert', '--initialMemory', memoryPages];

/**
 * Compiles `functions/validation/fast/scanner/` under a root to the text of a TypeScript file with the binary; throws the
 * compiler's errors.
 */
export const buildScanner = async (root: string): Promise<string> => {
  const module = binaryen.readBinary(await compile(join(root, 'functions/validation')));
  module.setFeatures(binaryen.Features.SIMD128 | binaryen.Features.MutableGlobals);
  inlineFreely();
  module.optimize();
  module.optimize();
  const text = Buffer.from(module.emitBinary()).toString('base64');
  module.dispose();
  return `/** The compiled scanner of \`functions/validation/fast/scanner/\`, base64; made by \`npm run scanner\`. */\nexport const scanModule =\n  '${text}';\n`;
};

/** In its own process: the compiler is large, and its types redeclare global names. */
const compile = async (sources: string): Promise<Uint8Array> => {
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
  const folder = await mkdtemp(join(tmpdir(), 'scanner-'));
  const output = join(folder, 'scanner.wasm');
  try {
    const given = ['fast/scanner/index.ts', '--baseDir', sources, '--outFile', output, ...options];
    await promisify(execFile)(process.execPath, [compiler, ...given]);
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Engines do not inline calls inside a module, and here a call would cost more than the function itself. */
const inlineFreely = (): void => {
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(1000);
  binaryen.setFlexibleInlineMaxSize(1000);
  binaryen.setOneCallerInlineMaxSize(100_000);
  binaryen.setAllowInliningFunctionsWithLoops(true);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(join(process.cwd(), output), await buildScanner(process.cwd()));
}
