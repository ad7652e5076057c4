import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type Stalls = {
  /** Watches a request until its connection has done with it; `onStall` answers one whose body does not go on. */
  watch(request: IncomingMessage, response: ServerResponse, onStall: () => void): void;
  close(): void;
};

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly onStall: () => void;
  /** Bytes that have passed when it was last looked at, and how often in a row none had. */
  bytes: number;
  idle: number;
};

/** Milliseconds that a client has to read its answer while it still sends. */
const lingering = 5_000;

/** Looks until a stalled exchange ends. They are counted, so that a process that was stopped for a while blames nobody. */
const mostIdle = 4;

/**
 * Ends exchanges whose client stopped: one that announced more of a body than it sends, takes no more of the answer, or goes on
 * with a body long after the answer. A request at which the cloud itself is at work is never ended.
 */
export const openStalls = (patience: number): Stalls => {
  const exchanges = new Set<Exchange>();
  const latest = new WeakMap<Socket, IncomingMessage>();
  const look = (): void => {
    for (const exchange of exchanges) if (isIdle(exchange) && ++exchange.idle >= mostIdle) end(exchange);
  };
  const timer = setInterval(look, patience / mostIdle).unref();
  const endLater = (socket: Socket, isMeant = () => true): void => {
    setTimeout(() => isMeant() && socket.destroy(), lingering).unref();
  };
  /** To close before a client has sent all would take the answer away from it: only the sending side is closed then. */
  const closeInTwoSteps = (socket: Socket): void => {
    const close = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      if (latest.get(socket)?.complete !== false) return close();
      socket.end();
      endLater(socket);
    };
  };
  return {
    watch(request, response, onStall) {
      const { socket } = request;
      if (!latest.has(socket)) closeInTwoSteps(socket);
      latest.set(socket, request);
      const exchange: Exchange = { request, response, onStall, bytes: -1, idle: 0 };
      exchanges.add(exchange);
      response
        .once('finish', () => request.complete || endLater(socket, () => !request.complete))
        .once('close', () => exchanges.delete(exchange));
    },
    close: () => clearInterval(timer),
  };
};

const isIdle = (exchange: Exchange): boolean => {
  const { request, response, bytes } = exchange;
  const passed = request.socket.bytesRead + request.socket.bytesWritten;
  const isOurs = request.complete || request.readableLength >= request.readableHighWaterMark;
  const isTheirs = !isOurs || response.writableNeedDrain || response.writableEnded;
  if (isTheirs && passed === bytes) return true;
  Object.assign(exchange, { bytes: passed, idle: 0 });
  return false;
};

const end = ({ request, response, onStall }: Exchange): void => {
  if (response.headersSent) request.socket.destroy();
  else onStall();
};
