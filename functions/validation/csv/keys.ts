import type { KeyIndex } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Header } from './header.ts';
import type { CsvRecord } from './record.ts';

/** Adds one valid record to the index; `ordinal` is its position in the file, from 1. */
export type AddKey = (record: CsvRecord, ordinal: number) => void;

/** Adds records under this header to the index; undefined without an index, or if the header lacks a field of the key. */
export const addKeys = (
  index: KeyIndex | undefined,
  { validates }: Header,
  { key = [] }: Manifest,
): AddKey | undefined => {
  const places = key.map((name) => validates.findIndex((validate) => validate?.field.name === name));
  if (!index || places.includes(-1)) return undefined;
  return (record, ordinal) => {
    for (const at of places) {
      if (record.isDoubled(at)) index.takeText(record.text(at));
      else index.take(record.bytes, record.startOf(at), record.endOf(at));
    }
    index.add(ordinal, record.line);
  };
};
