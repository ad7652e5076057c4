import { paddedSequence } from '../../values/index.ts';

/** Which process works on a dataset or a mart; `fence` grows with each holder and never decreases. */
export type Lease = {
  readonly name: string;
  readonly fence: number;
  readonly holder?: string;
  readonly taken_at?: string;
};

/** The lease name of a mart; a dataset's lease has the dataset's name. */
export const martLease = (mart: string): string => `mart/${mart}`;

/** `<dataset>-<fence>`: one fence, one batch. */
export const batchId = (dataset: string, fence: number): string => `${dataset}-${paddedSequence(fence)}`;

/** `<mart>-<seq>`; seq is the mart's fence. */
export const rebuildId = (mart: string, seq: number): string => `${mart}-${paddedSequence(seq)}`;
