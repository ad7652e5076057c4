import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import binaryen from 'binaryen';

const output = 'functions/domain/scan-module.ts';
/** What `scan-piece.ts` lays out, in pages of 64 KiB. */
const memoryPages = '6';
const options = ['--runtime', 'stub', '--enable', 'simd', '--noAssert', '--initialMemory', memoryPages];

/** Compiles `scanner/` under a root to the text of the TypeScript file that holds it; throws what the compiler says. */
export const buildScanner = async (root: string): Promise<string> => {
  const module = binaryen.readBinary(await compile(join(root, 'scanner')));
  module.setFeatures(binaryen.Features.SIMD128 | binaryen.Features.MutableGlobals);
  inlineFreely();
  module.optimize();
  module.optimize();
  const text = Buffer.from(module.emitBinary()).toString('base64');
  module.dispose();
  return `/** The compiled scanner of \`scanner/\`, base64; made by \`npm run scanner\`. */\nexport const scanModule =\n  '${text}';\n`;
};

const compile = async (folder: string): Promise<Uint8Array> => {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['index.ts', '--baseDir', folder, '--outFile', 'scanner.wasm', ...options],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`${stderr}`, { cause: error });
  return binary;
};

/** Engines do not inline the calls of a module, and here they would cost more than what is called. */
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
