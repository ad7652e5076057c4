/**
 * Which room of the project may use which. A room is a folder with one door, `index.ts`; whoever is outside imports the
 * door and nothing behind it. Each room may use those that are named with it, so that nothing imports upwards.
 */
export type Room = {
  readonly uses: readonly string[];
  /** Packages that it may import besides those of Node, by the beginning of their names; all where absent. */
  readonly packages?: readonly string[];
  /** It gets values and gives values: nothing of Node that reads or writes. */
  readonly isPure?: true;
  /** Each of its files is a door: it holds one file for each outside thing, and whoever wires wants one of them only. */
  readonly isOpen?: true;
};

const pure = { isPure: true, packages: ['zod', 're2js', 'fzstd'] } as const;
const decisions = [
  'functions/values',
  'functions/validation',
  'functions/quality',
  'functions/sources',
  'functions/warehouse',
];
const functions = [...decisions, 'functions/pipeline', 'functions/adapters'];

export const rooms: Readonly<Record<string, Room>> = {
  'functions/values': { uses: [], ...pure },
  'functions/validation': { uses: ['functions/values'], ...pure },
  'functions/quality': { uses: ['functions/values'], ...pure },
  'functions/sources': { uses: ['functions/values', 'functions/validation'], ...pure },
  'functions/warehouse': { uses: ['functions/values'], ...pure },
  'functions/pipeline': { uses: decisions, packages: ['zod', 'p-limit', 're2js'] },
  'functions/engine': {
    uses: [...decisions, 'functions/pipeline'],
    packages: ['zod', 'p-limit', '@duckdb/node-api'],
  },
  'functions/adapters': { uses: [...decisions, 'functions/pipeline'], isOpen: true },
  functions: { uses: functions, packages: ['zod', 'p-limit'] },
  'local/state': { uses: [] },
  'local/build': { uses: ['local/state'] },
  'local/generate': { uses: [] },
  'local/engines': {
    uses: ['functions/values', 'functions/pipeline', 'functions/engine', 'local/build', 'local/state'],
  },
  'local/sources': { uses: ['local/build', 'local/generate', 'local/engines'] },
  deploy: { uses: [...decisions, 'functions/pipeline', 'functions/engine'] },
  'local/cloud/iam': { uses: [], isPure: true, packages: ['zod'] },
  'local/cloud/store': { uses: [], packages: ['@sqlite.org/sqlite-wasm'] },
  'local/cloud': {
    uses: [
      'local/cloud/iam',
      'local/cloud/store',
      ...['functions/values', 'functions/pipeline', 'functions/engine'],
      ...['deploy', 'local/build', 'local/state', 'local/engines'],
    ],
  },
  'cli/aws': { uses: [] },
  cli: {
    uses: [
      ...functions,
      'cli/aws',
      'functions/engine',
      'deploy',
      'local/state',
      'local/generate',
      'local/engines',
      'local/sources',
      'local/cloud',
    ],
    packages: ['commander', 'p-limit', 're2js', 'zod', '@duckdb/node-api'],
  },
  bench: {
    uses: [
      ...functions,
      'functions/engine',
      'deploy',
      'local/generate',
      'local/engines',
      'local/cloud',
      'local/cloud/store',
      'cli',
    ],
  },
};
