import { paddedSequence } from '../../values/index.ts';

/** Who works on a dataset or a mart; `fence` grows with each holder and is never taken back. */
export type Lease = {
  readonly name: string;
  readonly fence: number;
  readonly holder?: string;
  readonly taken_at?: string;
};

/** The lease of a mart; a dataset's lease bears the dataset's name. */
export const martLease = (mart: string): string => `mart/${mart}`;

/** `<dataset>-<fence>`: one fence, one batch. */
export const batchId = (dataset: string, fence: number): string => `${dataset}-${paddedSequence(fence)}`;

/** `<mart>-<seq>`, named by the mart's fence. */
export const rebuildId = (mart: string, seq: number): string => `${mart}-${paddedSequence(seq)}`;
