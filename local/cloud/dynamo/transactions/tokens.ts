import { createHash } from 'node:crypto';
import type { Change, Store } from '../dynalite.ts';
import { rejection } from '../operations.ts';

type Used = { readonly token: string; readonly hash: string; readonly at: number };

export type Tokens = Awaited<ReturnType<typeof openTokens>>;

const validFor = 10 * 60_000;
/** Tokens that are kept before anybody looks for old ones. */
const fewTokens = 100;
/** Up to the character after the tilde: a token may have any characters. */
const range = { gte: 'token~', lt: 'token\x7f' };
const keyOf = (token: string): string => `token~${token}`;

/** Opens the tokens of transactions that were carried out: each is stored with its transaction and counts for ten minutes. */
export const openTokens = async ({ db }: Store, now: () => number) => {
  const stored = (await db.iterator(range).all()).map(([, value]) => value as Used);
  const used = new Map(stored.sort((a, b) => a.at - b.at).map((one) => [one.token, one]));
  const underway = new Map<string, Promise<unknown>>();
  const isOver = ({ at }: Used): boolean => at <= now() - validFor;
  let looksAt = fewTokens;
  /** Old tokens; asked for only if there are twice as many tokens as after the last time, so that it costs each token little. */
  const oldTokens = (): string[] => {
    if (used.size < looksAt) return [];
    const old = [...used.values()].filter(isOver).map(({ token }) => token);
    looksAt = fewTokens + 2 * (used.size - old.length);
    return old;
  };

  return {
    /** Runs requests with the same token one after another. */
    async alone<Result>(token: string | undefined, work: () => Promise<Result>): Promise<Result> {
      if (token === undefined) return work();
      const turn = (underway.get(token) ?? Promise.resolve()).then(work, work);
      underway.set(token, turn);
      try {
        return await turn;
      } finally {
        if (underway.get(token) === turn) underway.delete(token);
      }
    },

    /** Whether the same request was carried out already; rejects another request with the same token. */
    isUsed(token: string, content: unknown): boolean {
      const before = used.get(token);
      if (!before || isOver(before)) return false;
      if (before.hash === hashOf(content)) return true;
      throw rejection(
        'IdempotentParameterMismatchException',
        'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
      );
    },

    /** What is written with a transaction, so that its token counts exactly if it was carried out; old tokens are removed. */
    changes(token: string, content: unknown): { readonly changes: Change[]; readonly written: () => void } {
      const over = oldTokens();
      const entry = { token, hash: hashOf(content), at: now() };
      return {
        changes: [
          ...over.map((one): Change => ({ type: 'del', key: keyOf(one) })),
          { type: 'put', key: keyOf(token), value: entry },
        ],
        written: () => {
          for (const one of over) used.delete(one);
          used.set(token, entry);
        },
      };
    },
  };
};

const hashOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');
