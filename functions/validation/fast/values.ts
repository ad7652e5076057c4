import type { FieldValidator } from '../fields/check.ts';

/** Whether a value, which is not empty, is valid; positions are those of the value, end excluded. */
export type ValueCheck = (bytes: Buffer, start: number, end: number) => boolean;

const [slots, slotBytes, prime] = [256, 32, 16777619];

/** The check of a column's values; it remembers some valid ones, since many columns have few different values. */
export const valueCheck = ({ quick, violation }: FieldValidator): ValueCheck => {
  const known = Buffer.alloc(slots * slotBytes);
  const lengths = new Uint8Array(slots);

  const isKnown = (slot: number, bytes: Buffer, start: number, end: number): boolean => {
    if (lengths[slot] !== end - start) return false;
    let at = slot * slotBytes;
    for (let from = start; from < end; from++) if (bytes[from] !== known[at++]) return false;
    return true;
  };

  return (bytes, start, end) => {
    const length = end - start;
    const slot = length > slotBytes ? -1 : slotOf(bytes, start, end);
    if (slot >= 0 && isKnown(slot, bytes, start, end)) return true;
    const isRight = quick(bytes, start, end) || violation(bytes.toString('utf8', start, end)) === undefined;
    if (isRight && slot >= 0) {
      lengths[slot] = length;
      bytes.copy(known, slot * slotBytes, start, end);
    }
    return isRight;
  };
};

/** FNV-1a, which is enough to tell a few values apart. */
const slotOf = (bytes: Buffer, start: number, end: number): number => {
  let hash = 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime);
  return (hash ^ (hash >>> 15)) & (slots - 1);
};
