import type { Pulled, Secrets } from '../pipeline/index.ts';
import type { Window } from '../sources/index.ts';
import { failureOf, type Place } from './postgres-failure.ts';
import { loginOf } from './postgres-login.ts';
import { fetchPages, type Progress } from './postgres-pages.ts';
import { declareCursor, describeQuery, requireUnique } from './postgres-query.ts';
import { beginReading, closeSession, openSession, type Session } from './postgres-session.ts';
import type { PostgresSettings } from './postgres-settings.ts';

type Ports = { readonly secrets: Secrets };

/**
 * Pulls rows of PostgreSQL, each as the text of one JSON object, from one snapshot that is taken when the source is opened. The
 * session can only read. It ends with the pages: with the last one, with a failure, or with the iterator's `return`. Throws
 * `SourceFailed`, which names the place and the rows read so far.
 */
export const postgresSource = ({ secrets }: Ports) => ({
  open: async (source: PostgresSettings, window: Window): Promise<Pulled> => {
    const { user, password } = await loginOf(source, secrets);
    const { host, port, database, auth } = source;
    const place: Place = { host, port, database, user, login: auth.kind };
    try {
      const session = await openSession(source, user, password);
      const identity = await begin(session, source, window);
      const pages = closing(session, pagesOf(session, source, place));
      return identity === undefined ? { pages } : { identity, pages };
    } catch (error) {
      throw failureOf(error, place, 0);
    }
  },
});

/** Opens the cursor, and says which server it is. */
const begin = async (
  session: Session,
  source: PostgresSettings,
  window: Window,
): Promise<string | undefined> => {
  try {
    const identity = await session.identity();
    await beginReading(session, source);
    if (source.query !== undefined) requireUnique(await session.columns(describeQuery(source.query, window)));
    await session.ask(declareCursor(source, window));
    return identity;
  } catch (error) {
    await closeSession(session);
    throw session.causeOf(error);
  }
};

async function* pagesOf(
  session: Session,
  source: PostgresSettings,
  place: Place,
): AsyncGenerator<readonly string[]> {
  const progress: Progress = { rows: 0 };
  try {
    yield* fetchPages(session, source, progress);
    await session.ask({ sql: 'commit' });
  } catch (error) {
    throw failureOf(session.causeOf(error), place, progress.rows);
  } finally {
    await closeSession(session);
  }
}

/** A generator that has not begun has no `finally`, but whoever leaves the pages unread ends the session too. */
const closing = (session: Session, pages: AsyncGenerator<readonly string[]>): Pulled['pages'] => ({
  [Symbol.asyncIterator]: () => ({
    next: () => pages.next(),
    return: async () => {
      await pages.return(undefined);
      await closeSession(session);
      return { done: true, value: undefined };
    },
  }),
});
