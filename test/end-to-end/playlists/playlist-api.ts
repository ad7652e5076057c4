import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openGate } from '../../../local/sources/api/auth.ts';

/** One entry of the playlist, as the API returns it. `track` is null where the track is not available any more. */
export type Entry = { readonly added_at: string; readonly track: Track | null };
export type Track = {
  readonly id: string;
  readonly name: string;
  readonly duration_ms: number;
  readonly popularity: number | null;
  readonly explicit: boolean;
  readonly album: {
    readonly id: string;
    readonly name: string;
    readonly release_date: string;
    readonly total_tracks: number;
  };
  readonly artists: readonly { readonly id: string; readonly name: string }[];
};

/** The stand-in for the API of a music service: one playlist, page by page, for who shows a token. */
export type PlaylistApi = {
  readonly url: string;
  /** What the playlist holds now. */
  entries: readonly Entry[];
  /** Ends the validity of all tokens once this many pages have been sent. */
  expireAfter(pages: number): void;
  /** Requests since this was read last, such as `GET 200 offset=50`. */
  requests(): string[];
  stop(): Promise<void>;
};

const playlist = '/v1/playlists/37i9dQZF1DXcBWIGoYBM5M/tracks';

/** Serves a playlist on 127.0.0.1, on a free port. */
export const startPlaylistApi = async (client: {
  readonly client_id: string;
  readonly client_secret: string;
}): Promise<PlaylistApi> => {
  const gate = openGate({ kind: 'oauth2_client_credentials', ...client });
  let requests: string[] = [];
  let [pages, last] = [0, Number.POSITIVE_INFINITY];

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', api.url);
    const say = (status: number, body: object): void => {
      requests.push(`${request.method} ${status} ${url.searchParams.get('offset') ?? url.pathname}`);
      answer(response, status, body);
    };
    if (url.pathname === '/api/token') {
      const { status, body } = gate.grant(request.headers, await text(request));
      return say(status, body);
    }
    if (url.pathname !== playlist) return say(404, { error: { status: 404, message: 'Not found.' } });
    if (gate.reject(request.headers) !== undefined)
      return say(401, { error: { status: 401, message: 'The access token expired' } });
    say(200, pageOf(url, api.entries));
    pages++;
    if (pages === last) gate.expire();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: PlaylistApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries: [],
    expireAfter: (count) => {
      last = pages + count;
    },
    requests: () => {
      const made = requests;
      requests = [];
      return made;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
};

const pageOf = (url: URL, entries: readonly Entry[]): object => {
  const limit = Math.min(50, Number(url.searchParams.get('limit') ?? 20));
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const end = offset + limit;
  const at = (from: number): string => `${url.origin}${url.pathname}?offset=${from}&limit=${limit}`;
  return {
    href: at(offset),
    items: entries.slice(offset, end),
    limit,
    next: end < entries.length ? at(end) : null,
    offset,
    total: entries.length,
  };
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
