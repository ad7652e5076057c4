import type { Clock, Pulled, Secrets, Timer } from '../pipeline/index.ts';
import { Pages, type RestSource, SourceFailed, type Window, withVariables } from '../sources/index.ts';
import { assertSafe, shownUrl } from './rest-address.ts';
import { Connections } from './rest-connections.ts';
import { type Credentials, openCredentials } from './rest-credentials.ts';
import { type OpenPull, readPage } from './rest-page.ts';
import { tokenEndpoint } from './rest-token.ts';

export type RestPorts = {
  readonly secrets: Secrets;
  readonly clock: Clock & Timer;
  /** A variable of the environment; throws if it is missing. */
  readonly env: (name: string) => string;
};

/**
 * Opens APIs over HTTP. Pulls of one source share its credentials. `window` is asked for as it is: whoever opens a source
 * widens it.
 */
export const restSource = (ports: RestPorts) => {
  const credentials = new Map<string, Credentials>();
  return {
    open: async (source: RestSource, window: Window): Promise<Pulled> => {
      const url = withVariables(source.url, ports.env);
      assertSafe(source, url);
      const key = JSON.stringify([new URL(url).origin, source.auth]);
      const known =
        credentials.get(key) ??
        openCredentials(source.auth, { ...ports, askToken: tokenEndpoint(source, ports.clock) });
      credentials.set(key, known);
      return { pages: pagesOf({ source, credentials: known, clock: ports.clock }, url, window) };
    },
  };
};

async function* pagesOf(
  pull: Omit<OpenPull, 'connections'>,
  url: string,
  window: Window,
): AsyncGenerator<readonly string[]> {
  const connections = new Connections(pull.source.limits);
  const pages = new Pages(pull.source, url, window);
  try {
    let next = pages.firstUrl;
    for (let page = 1; ; page++) {
      const said = yield* readPage({ ...pull, connections }, next, page);
      const step = pages.after(said);
      if (step.kind === 'end') return;
      if (step.kind === 'broken') throw new SourceFailed(step.reason, { url: shownUrl(next), page });
      next = step.url;
    }
  } finally {
    connections.close();
  }
}
