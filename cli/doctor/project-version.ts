import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../options.ts';

/** The hash of this project's sources, as a deployment writes it into each function. */
export const projectVersion = (): Promise<string> =>
  createRequire(join(projectRoot, 'package.json'))('./deploy/source-version.cjs').version();
