import { readFile } from 'node:fs/promises';
import {
  type FieldValidator,
  type Manifest,
  parseManifest,
  validateField,
} from '../../functions/validation/index.ts';
import { peakMemory } from '../memory.ts';

/** The input of a contender, as one JSON object in its first argument. */
export type Task = {
  readonly path: string;
  readonly key: string;
  readonly manifest: string;
  readonly variant: string;
};

/** Its counts: data records, and records in which it found a violation. */
export type Counts = { readonly records: number; readonly invalid: number };

/** Its output, one JSON object; the times are those of the work alone, the memory is that of the whole process. */
export type Answer = Counts & { readonly ms: number; readonly cpu_ms: number; readonly peak_mb: number };

/** Does a contender's work in its own process and prints the result. */
export const contend = async (work: (task: Task, manifest: Manifest) => Promise<Counts>): Promise<void> => {
  const task: Task = JSON.parse(process.argv[2] ?? '');
  const parsed = parseManifest(await readFile(task.manifest));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const counts = await work(task, parsed.manifest);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu_ms = (user + system) / 1000;
  const answer: Answer = { ...counts, ms, cpu_ms, peak_mb: await peakMemory(process.pid) };
  console.log(JSON.stringify(answer));
};

/** Compares the fields of one record after another with the manifest, as texts; the first record is the header. */
export const fieldChecker = (
  manifest: Manifest,
): { add: (fields: readonly string[]) => void; counts: Counts } => {
  const counts = { records: -1, invalid: 0 };
  let validates: readonly (FieldValidator | undefined)[] = [];
  const isRight = (fields: readonly string[]): boolean => {
    if (fields.length !== validates.length) return false;
    for (let at = 0; at < fields.length; at++) {
      const text = fields[at] ?? '';
      const validate = validates[at];
      if (validate && (text === '' ? validate.field.required : validate.violation(text) !== undefined))
        return false;
    }
    return true;
  };
  const begin = (header: readonly string[]): void => {
    const fields = new Map(manifest.fields.map((field) => [field.name, validateField(field)]));
    validates = header.map((name) => fields.get(name));
  };
  const add = (fields: readonly string[]): void => {
    if (counts.records++ < 0) begin(fields);
    else if (!isRight(fields)) counts.invalid++;
  };
  return { add, counts };
};
