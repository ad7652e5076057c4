import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { shopSize } from '../../generate/index.ts';
import { answerFault, answerJson, answerText } from './answer.ts';
import { type Auth, openGate } from './auth.ts';
import { openFaults } from './faults.ts';
import { BadRequest, pageOf } from './paging.ts';
import { type ApiWindow, openRecords, type RecordPath } from './records.ts';
import { type Fault, type GivenSwitches, Switches } from './switches.ts';

export type ApiSettings = {
  /** Default: 1. */
  readonly seed?: number;
  /** Default: 5,000. */
  readonly users?: number;
  /** Default: 100,000. */
  readonly sessions?: number;
  /** How many songs are for sale; default: 10,000. */
  readonly songs?: number;
  /** Default: a free port. */
  readonly port?: number;
  readonly switches?: GivenSwitches;
  /** Default: no secret is asked for. */
  readonly auth?: Auth;
};

const TOKEN = '/oauth/token';
const CONTROL = '/_control';
const TOKENS = '/_control/tokens';

/**
 * Serves the generated shop on 127.0.0.1: `GET /users`, `GET /sessions` and `POST /oauth/token`. `GET`, `PATCH` and `DELETE
 * /_control` show, change and reset the switches; `DELETE /_control/tokens` ends the validity of all tokens.
 */
export const serveShop = async (settings: ApiSettings): Promise<{ server: Server; port: number }> => {
  const api = openApi(settings);
  const server = createServer((request, response) => {
    api(request, response).catch((error: unknown) => answerError(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port ?? 0, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
};

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const openApi = ({ seed = 1, users, sessions, songs, switches: given = {}, auth }: ApiSettings): Handler => {
  const sizes = { '/users': users ?? shopSize.users, '/sessions': sessions ?? shopSize.sessions };
  const records = openRecords({ seed, users: sizes['/users'], songs: songs ?? shopSize.songs }, sizes);
  const gate = openGate(auth ?? { kind: 'none' });
  const state = openSwitches(given);

  const control: Handler = async (request, response) => {
    if (request.method === 'PATCH') state.change(JSON.parse(await text(request)));
    if (request.method === 'DELETE') state.reset();
    answerJson(response, 200, { switches: state.switches, requests: state.requests });
  };

  const read = async (
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    fault: Fault | undefined,
  ): Promise<void> => {
    const path = url.pathname as RecordPath;
    const challenge = gate.reject(request.headers);
    if (challenge !== undefined)
      return answerJson(response, 401, { error: 'unauthorized' }, { 'www-authenticate': challenge });
    const { switches } = state;
    const numbers = records.numbersIn(path, windowOf(url), switches);
    const page = pageOf(url, numbers.length, switches.paging);
    const texts = function* (): Generator<string> {
      yield page.before;
      for (const [index, number] of numbers.slice(page.from, page.to).entries())
        yield `${index > 0 ? ',' : ''}${records.textOf(path, number, switches)}`;
      yield page.after;
    };
    await answerText(response, page.headers, texts(), fault);
  };

  return async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const asked = `${request.method} ${url.pathname}`;
    if (url.pathname === CONTROL) return control(request, response);
    if (asked === `DELETE ${TOKENS}`) {
      gate.expire();
      return answerJson(response, 200, {});
    }
    const isKnown = ['GET /users', 'GET /sessions', `POST ${TOKEN}`].includes(asked);
    if (!isKnown) return answerJson(response, 404, { error: `there is no ${asked}` });
    const fault = state.meet(url.pathname);
    if (fault && (await answerFault(response, fault))) return;
    if (url.pathname !== TOKEN) return read(request, response, url, fault);
    const { status, body } = gate.grant(request.headers, await text(request));
    answerJson(response, status, body);
  };
};

/** The switches in force, and how often each path was asked for since they were reset. */
const openSwitches = (given: GivenSwitches) => {
  let switches = Switches.parse(given);
  let faults = openFaults(switches.faults);
  let requests: Record<string, number> = {};
  const set = (wanted: GivenSwitches): void => {
    switches = Switches.parse(wanted);
    faults = openFaults(switches.faults);
  };
  return {
    get switches() {
      return switches;
    },
    get requests() {
      return requests;
    },
    /** Changes those that are given; the count of faults begins again. */
    change: (changes: GivenSwitches) => set({ ...switches, ...changes }),
    reset: () => {
      set(given);
      requests = {};
    },
    /** Counts a request and returns the fault that it meets. */
    meet: (path: string): Fault | undefined => {
      requests = { ...requests, [path]: (requests[path] ?? 0) + 1 };
      return faults(path);
    },
  };
};

const windowOf = (url: URL): ApiWindow => ({ start: dayIn(url, 'start_date'), end: dayIn(url, 'end_date') });

const dayIn = (url: URL, name: string): number => {
  const given = url.searchParams.get(name) ?? '';
  const day = z.iso.date().safeParse(given);
  if (!day.success) throw new BadRequest(`${name} must be a day, such as 2024-01-31`);
  return Date.parse(day.data);
};

const answerError = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy();
  const isTheirs = error instanceof BadRequest || error instanceof SyntaxError || error instanceof z.ZodError;
  const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  answerJson(response, isTheirs ? 400 : 500, { error: message });
};
