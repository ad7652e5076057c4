import type { Attribute, Functions, Item, Part, Store } from './dynalite.ts';
import { isItem } from './value-limits.ts';

/** Bytes of items that a page of a query or a scan reads. */
const mostBytes = 2 ** 20;

type Page = { Limit?: number };
type SizeOf = (item: Item) => number;

/**
 * Makes a page of a query or a scan end where DynamoDB ends it: dynalite counts the characters of texts, and DynamoDB their bytes of
 * UTF-8. Dynalite looks at the limit of the request while it reads; a page that is full gets one there.
 */
export const limitPages = (all: Functions): void => {
  const { queryTable, itemSize } = all;
  all.queryTable = (store, table, request, options, isLocal, fetches, names, done) => {
    const page = { ...request };
    const rangeKey = table.KeySchema[1]?.AttributeName;
    const counting = counted(store, page, (item) => itemSize(inBytes(item), true, true, rangeKey));
    // What an index does not have is read one item after the other, and counted there.
    queryTable(fetches ? store : counting, table, page, options, isLocal, fetches, names, done);
  };
};

const counted = (store: Store, page: Page, sizeOf: SizeOf): Store => {
  const counting = (part: Part): Part =>
    Object.assign(Object.create(part) as Part, {
      createValueStream(options) {
        const values = part.createValueStream(options);
        const items: Item[] = [];
        let [measured, bytes] = [0, 0];
        // Before dynalite listens, so that an item is counted when it is given to dynalite.
        return values.on('data', (item) => {
          if (bytes >= mostBytes) return;
          items.push(item);
          // As long as all texts have as many bytes as characters, dynalite counts right.
          if (measured === 0 && !hasWideText(item)) return;
          for (; measured < items.length; measured++) bytes += sizeOf(items[measured] ?? {});
          if (bytes >= mostBytes) page.Limit = Math.min(page.Limit ?? measured, measured);
        });
      },
    } satisfies Partial<Part>);
  return Object.assign(Object.create(store) as Store, {
    getItemDb: (table) => counting(store.getItemDb(table)),
    getIndexDb: (kind, table, index) => counting(store.getIndexDb(kind, table, index)),
  } satisfies Partial<Store>);
};

/** An item with texts that have as many characters as its own texts have bytes. */
const inBytes = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, valueInBytes(value)]));

const valueInBytes = (value: Attribute): Attribute => {
  const { S, SS, L, M } = value;
  if (typeof S === 'string') return { S: textInBytes(S) };
  if (Array.isArray(SS)) return { SS: SS.map(textInBytes) };
  if (Array.isArray(L)) return { L: L.map(valueInBytes) };
  return isItem(M) ? { M: inBytes(M) } : value;
};

const textInBytes = (text: string): string => Buffer.from(text).toString('latin1');

const hasWideText = (item: Item): boolean => Object.values(item).some(isWide);

const isWide = ({ S, SS, L, M }: Attribute): boolean => {
  if (typeof S === 'string') return Buffer.byteLength(S) > S.length;
  if (Array.isArray(SS)) return SS.some((text) => Buffer.byteLength(text) > text.length);
  if (Array.isArray(L)) return L.some(isWide);
  return isItem(M) && hasWideText(M);
};
