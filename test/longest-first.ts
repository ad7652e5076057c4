import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take half a minute or more on two processors, the longest first. */
export const longest: readonly string[] = [
  'end-to-end/spark-kills',
  'end-to-end/spark',
  'dbt/dbt',
  'cli/start/start',
  'deploy/deployed',
  'docs/operate',
  'deploy/package',
  'glue/quality-killed',
  'bench/spark',
  'glue/quality-publishing',
  'local/engines/spark/jobs',
  'glue/conformance',
  'glue/transform',
  'glue/transform-parity',
  'cli/cloud-commands',
  'end-to-end/pulls',
  'any-datasets',
  'end-to-end/listening',
  'torture/kills',
  'torture/chaos',
  'end-to-end/inferred-datasets',
  'end-to-end/rebuild-kills',
  'end-to-end/retry-rebuild',
  'end-to-end/reprocess',
  'simulation/defects',
  'simulation/crashes',
  'simulation/simulation',
  'sql/shop/shop',
  'sql/dimension-changes',
  'sql/incremental',
  'deploy/variants',
].map((name) => `test/${name}.test.ts`);

/** Projects whose files take longest come first, so that the end of all tests has short ones; files of one project share processes. */
export const projects: readonly string[] = ['whole', 'clouds', 'shared', 'pure'];

type TestFile = { readonly moduleId: string; readonly project: { readonly name: string } };

/** Puts projects in their order, and in each the files that take longest first; the others stay in their order. */
export const longestFirst = <File extends TestFile>(files: readonly File[], root: string): File[] => {
  const paths = longest.map((file) => join(root, file));
  const placeOf = ({ moduleId, project }: File): number => {
    const at = paths.indexOf(moduleId);
    return projects.indexOf(project.name) * (paths.length + 1) + (at === -1 ? paths.length : at);
  };
  return [...files].sort((one, other) => placeOf(one) - placeOf(other));
};

/** Vitest's own order, which knows no duration on a machine that has not run the tests yet, after the longest files. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), this.ctx.config.root);
  }
}
