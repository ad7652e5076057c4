import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take half a minute or more on two processors, the longest first. */
export const longest: readonly string[] = [
  'end-to-end/spark-kills',
  'end-to-end/spark',
  'cli/cloud-commands',
  'glue/quality-killed',
  'bench/spark',
  'dbt/dbt',
  'simulation/crashes',
  'cli/start/start',
  'end-to-end/listening',
  'torture/kills',
  'end-to-end/pulls',
  'simulation/simulation',
  'torture/chaos',
  'glue/quality-publishing',
  'local/engines/spark/jobs',
  'glue/conformance',
  'end-to-end/inferred-datasets',
  'glue/transform',
  'glue/transform-parity',
  'end-to-end/rebuild-kills',
  'sql/dimension-changes',
  'end-to-end/retry-rebuild',
  'end-to-end/reprocess',
].map((name) => `test/${name}.test.ts`);

/** Puts the files that take longest first, so that none of them runs alone at the end; the others stay in their order. */
export const longestFirst = <File extends { readonly moduleId: string }>(
  files: readonly File[],
  root: string,
): File[] => {
  const paths = longest.map((file) => join(root, file));
  const placeOf = ({ moduleId }: File): number =>
    paths.includes(moduleId) ? paths.indexOf(moduleId) : paths.length;
  return [...files].sort((one, other) => placeOf(one) - placeOf(other));
};

/** Vitest's own order, which knows no duration on a machine that has not run the tests yet, after the longest files. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), this.ctx.config.root);
  }
}
