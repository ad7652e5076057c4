import { restSource } from '../../functions/adapters/rest-source.ts';
import { parseSource } from '../../functions/sources/index.ts';
import { peakMemory } from '../memory.ts';

/** What a pull in a process of its own needed; the memory is that of the whole process. */
export type Pull = { readonly records: number; readonly ms: number; readonly peak_mb: number };

const parsed = parseSource(process.argv[2] ?? '');
if (!parsed.ok || parsed.source.kind !== 'rest') throw new Error('the argument is no source of an API');
const nothing = async () => '';
const clock = { now: () => new Date().toISOString(), wait: async () => {} };
const rest = restSource({ clock, env: (name) => name, secrets: { read: nothing } });

const startedAt = performance.now();
const { pages } = await rest.open(parsed.source, { from: '2024-01-01', to: '2024-01-31' });
let records = 0;
for await (const page of pages) records += page.length;
const pull: Pull = { records, ms: performance.now() - startedAt, peak_mb: await peakMemory(process.pid) };
console.log(JSON.stringify(pull));
