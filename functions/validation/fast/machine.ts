import { scanModule } from './module.ts';

/** The functions of the compiled scanner; positions are addresses in its memory. See `functions/validation/fast/scanner/`. */
export type ScanMachine = {
  readonly setDialect: (delimiter: number, quote: number, longest: number, lowest: number) => void;
  readonly mark: (from: number, to: number, marks: number) => void;
  readonly run: (
    columns: number,
    count: number,
    isWatched: boolean,
    notes: number,
    marks: number,
    from: number,
    to: number,
    most: number,
  ) => number;
  /** Where it leaves the counts of a run. */
  readonly counts: { readonly value: number };
  readonly memory: { readonly buffer: ArrayBuffer };
};

/** As much of it as is needed; the types of Node leave it out. */
type WebAssembly = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

let machine: ScanMachine | undefined;

/** The compiled scanner, one for all files, since each use is over before the next begins. */
export const scanMachine = (): ScanMachine => {
  machine ??= instantiate();
  return machine;
};

const instantiate = (): ScanMachine => {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssembly };
  const compiled = new WebAssembly.Module(Buffer.from(scanModule, 'base64'));
  return new WebAssembly.Instance(compiled).exports as ScanMachine;
};
