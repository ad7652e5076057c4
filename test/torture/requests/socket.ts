import { connect } from 'node:net';

/** What came back over one connection. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Outcome = {
  readonly answers: readonly Answer[];
  /** How the connection ended: by the cloud, by an error, or not before the time was over. */
  readonly end: 'closed' | 'reset' | 'silent';
  readonly milliseconds: number;
};

/** Bytes to send, in pieces that are sent one after the other; a number waits so many milliseconds. */
export type Piece = Buffer | string | number;

export type Sending = {
  readonly port: number;
  readonly pieces: readonly Piece[];
  /** Milliseconds until the last byte of the answer. */
  readonly timeout: number;
  /** Answers that are waited for; after them, or with none, the connection is closed. */
  readonly expected?: number;
  /** Ends the connection right after the last byte. */
  readonly leaves?: boolean;
};

/** Sends bytes over a connection of its own and reads what comes back. */
export const send = ({ port, pieces, timeout, expected = 1, leaves = false }: Sending): Promise<Outcome> =>
  new Promise((resolve) => {
    const started = performance.now();
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    let isDone = false;
    const done = (end: Outcome['end']) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      socket.destroy();
      const { answers } = readAnswers(Buffer.concat(received), true);
      resolve({ answers, end, milliseconds: performance.now() - started });
    };
    const timer = setTimeout(() => done('silent'), timeout);
    socket.on('data', (bytes) => {
      received.push(bytes);
      if (readAnswers(Buffer.concat(received), false).answers.length >= expected) done('closed');
    });
    socket.on('close', () => done('closed')).on('error', () => done('reset'));
    socket.on('connect', async () => {
      for (const piece of pieces) {
        if (isDone) return;
        if (typeof piece === 'number') await new Promise((go) => setTimeout(go, piece));
        else if (!socket.write(piece)) await new Promise((go) => socket.once('drain', go).once('close', go));
      }
      if (leaves) done('closed');
    });
  });

/** Reads the answers that are complete; at the end of the connection also one that ends with it. */
const readAnswers = (bytes: Buffer, isEnd: boolean): { answers: Answer[] } => {
  const answers: Answer[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { answers };
    const [first = '', ...lines] = rest.toString('latin1', 0, end).split('\r\n');
    const status = Number(first.split(' ')[1]);
    rest = rest.subarray(end + 4);
    if (status >= 100 && status < 200) continue;
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const body = readBody(rest, headers, status, isEnd);
    if (!body) return { answers };
    answers.push({ status, headers, body: body.text });
    rest = body.rest;
  }
};

const readBody = (
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  status: number,
  isEnd: boolean,
): { text: string; rest: Buffer } | undefined => {
  if (status === 204 || status === 304) return { text: '', rest: bytes };
  if (headers['transfer-encoding'] === 'chunked') return readChunks(bytes);
  const length = headers['content-length'];
  if (length === undefined) return isEnd ? { text: bytes.toString(), rest: Buffer.alloc(0) } : undefined;
  const size = Number(length);
  // An answer to HEAD tells the length of a body that does not come.
  if (bytes.length < size) return isEnd && bytes.length === 0 ? { text: '', rest: bytes } : undefined;
  return { text: bytes.toString('utf8', 0, size), rest: bytes.subarray(size) };
};

const readChunks = (bytes: Buffer): { text: string; rest: Buffer } | undefined => {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (bytes.length < end + 4 + size) return undefined;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
    if (size === 0) return { text: Buffer.concat(parts).toString(), rest: bytes.subarray(at) };
  }
};
