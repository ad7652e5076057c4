import type { Positions } from './index-keys.ts';
import type { Cursor, Range } from './object-index.ts';

const entriesPerStep = 200;

type Entries<Entry> = {
  readonly positions: Positions;
  readonly prefix: string;
  readonly open: (range: Range) => Cursor<Entry>;
};

/**
 * Entries in small groups. No cursor is open between two of them: an open cursor keeps everything that changes meanwhile, so that a
 * long reading would slow every write.
 */
export const stepsOf = async function* <Entry extends { readonly key: string; readonly sequence: number }>({
  positions,
  prefix,
  open,
}: Entries<Entry>): AsyncGenerator<Entry[]> {
  const lt = positions.behindPrefix(prefix);
  let gte = positions.atPrefix(prefix);
  for (;;) {
    const step = await readStep(open({ gte, lt }));
    const last = step.at(-1);
    if (!last) return;
    yield step;
    gte = positions.behindEntry(last.key, last.sequence);
  }
};

const readStep = async <Entry>(cursor: Cursor<Entry>): Promise<Entry[]> => {
  try {
    const step: Entry[] = [];
    for (let entry = await cursor.next(); entry; entry = await cursor.next()) {
      step.push(entry);
      if (step.length === entriesPerStep) break;
    }
    return step;
  } finally {
    await cursor.close();
  }
};
