import * as http from 'node:http';
import * as https from 'node:https';

/** A wait for a server was longer than the source allows. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
  constructor(readonly code: 'CONNECT_TOO_LONG' | 'HEADERS_TOO_LONG' | 'BODY_TOO_LONG') {
    super(code);
  }
}

export type Request = {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};

/** A server closes connections that nobody uses; ours are closed before most servers do. */
const kept = { keepAlive: true, timeout: 4000 };

/** Connections of one pull. A page is asked for over the connection of the page before it. */
export class Connections {
  private readonly plain = new http.Agent(kept);
  private readonly secure = new https.Agent(kept);

  constructor(private readonly limits: { readonly connect_seconds: number }) {}

  /** Sends a request, and waits until its answer begins. `over` ends the request with its answer. */
  ask(request: Request, headersSeconds: number, over: AbortSignal): Promise<http.IncomingMessage> {
    const { url, method, headers, body } = request;
    const isSecure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const agent = isSecure ? this.secure : this.plain;
      // A user in the URL of a redirect is sent to nobody.
      const options = { agent, method, headers, signal: over, auth: null };
      const sent = (isSecure ? https : http).request(url, options);
      const within = (seconds: number, code: TookTooLong['code']): NodeJS.Timeout =>
        setTimeout(() => sent.destroy(new TookTooLong(code)), seconds * 1000);
      let timer = within(this.limits.connect_seconds, 'CONNECT_TOO_LONG');
      const connected = (): void => {
        clearTimeout(timer);
        timer = within(headersSeconds, 'HEADERS_TOO_LONG');
      };
      sent.on('socket', (socket) => {
        if (sent.reusedSocket) connected();
        else socket.once(isSecure ? 'secureConnect' : 'connect', connected);
      });
      sent.on('response', (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      sent.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      sent.end(body);
    });
  }

  /** Closes all connections, also those in use. */
  close(): void {
    this.plain.destroy();
    this.secure.destroy();
  }
}

/** The parts of an answer. Only waits for the server are limited, however slow the reader is. */
export async function* partsOf(answer: http.IncomingMessage, idleSeconds: number): AsyncGenerator<Buffer> {
  const parts: AsyncIterator<Buffer> = answer[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      timer = setTimeout(() => answer.destroy(new TookTooLong('BODY_TOO_LONG')), idleSeconds * 1000);
      const part = await parts.next();
      clearTimeout(timer);
      if (part.done) return;
      yield part.value;
    }
  } finally {
    clearTimeout(timer);
    answer.destroy();
  }
}
