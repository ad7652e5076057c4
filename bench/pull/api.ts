import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API with one answer of so many megabytes. */
export type BigApi = {
  readonly url: string;
  readonly records: number;
  readonly bytes: number;
  close(): void;
};

/** Serves shop sessions as one JSON array, and a token to everyone who asks for it. The same records come again and again. */
export const serveSessions = async (megabytes: number): Promise<BigApi> => {
  const blocks = Math.ceil((megabytes * 1e6) / block.length);
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void send(response, blocks);
    response.setHeader('content-type', 'application/json');
    response.end('{"access_token":"anything","token_type":"Bearer","expires_in":3600}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records: blocks * inBlock,
    bytes: blocks * block.length + 1,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const inBlock = 1000;

const session = (id: number): object => ({
  user_id: '6b287203-7cab-4f1a-b1a4-2b5076294682',
  session_id: `04a5e8ac-1acd-48dc-88b9-${String(id).padStart(12, '0')}`,
  session_items: Array.from({ length: 5 }, () => ({
    song_id: 'TRIBGDZ128F425A019',
    song_name: 'Eu sei que vou te amar',
    artist_id: 'ARJK24L1187B9AFF5E',
    artist_name: 'Quarteto Em Cy',
    price: 1.74,
    currency: 'USD',
    liked: false,
    liked_since: null,
  })),
  user_agent: 'Mozilla/5.0 (Windows NT 11.0) AppleWebKit/531.2 (KHTML, like Gecko) Chrome/19.0.859.0',
  session_start_time: '2020-02-07T18:05:25.824461',
});

/** Records with commas between and behind them. */
const block = Buffer.from(
  Array.from({ length: inBlock }, (_, id) => `${JSON.stringify(session(id))},`).join('\n'),
);

const send = async (response: ServerResponse, blocks: number): Promise<void> => {
  response.write('[');
  for (let left = blocks; left > 0; left--) {
    const isLast = left === 1;
    if (!response.write(isLast ? block.subarray(0, -1) : block)) await once(response, 'drain');
  }
  response.end(']');
};
