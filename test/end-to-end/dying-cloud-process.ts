import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { startCloud } from '../../local/cloud/cloud.ts';
import { Outcomes } from '../../local/cloud/redshift-data/outcomes.ts';
import { StatementLog } from '../../local/cloud/redshift-data/statement-log.ts';

/** A cloud in a process of its own that ends itself at a moment of a rebuild which a line of its input names: `<moment> <signal>`. */

type Signal = 'SIGKILL' | 'SIGINT';
let armed: { readonly moment: string; readonly signal: Signal } | undefined;

const reach = (moment: string): void => {
  if (armed?.moment !== moment) return;
  const { signal } = armed;
  armed = undefined;
  process.kill(process.pid, signal);
};

/** What a request asks for, as far as a rebuild's moments are concerned. */
const nameOf = (target: string, body: string): string => {
  if (target.endsWith('.BatchExecuteStatement')) return 'it is sent';
  if (target.endsWith('.BatchWriteItem')) return 'items are written';
  const isPointer = target.endsWith('.PutItem') && body.includes('"CURRENT"') && body.includes('"as_of"');
  return isPointer ? 'the pointer moves' : '';
};

const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]): boolean {
  if (event === 'request') watch(...(given as [IncomingMessage, ServerResponse]));
  return Reflect.apply(emit, this, [event, ...given]);
} as typeof emit;

const watch = (request: IncomingMessage, response: ServerResponse): void => {
  const target = String(request.headers['x-amz-target'] ?? '');
  if (!/\.(BatchExecuteStatement|BatchWriteItem|PutItem)$/.test(target)) return;
  const parts: Buffer[] = [];
  const tell = request.emit;
  // To listen would take the body from whoever reads it later.
  request.emit = function (this: IncomingMessage, event: string | symbol, ...given: unknown[]): boolean {
    if (event === 'data') parts.push(Buffer.from(given[0] as Buffer));
    if (event === 'end') {
      const name = nameOf(target, Buffer.concat(parts).toString());
      response.on('finish', () => reach(`after ${name}`));
      reach(`before ${name}`);
    }
    return Reflect.apply(tell, this, [event, ...given]);
  } as typeof tell;
};

const record = Outcomes.prototype.record;
Outcomes.prototype.record = function (...given) {
  reach('before it is committed');
  return Reflect.apply(record, this, given);
};
const { show, update } = StatementLog.prototype;
StatementLog.prototype.show = function (id, state) {
  const at = state.parts.findIndex(({ status }) => status === 'STARTED');
  const statement = this.get(id);
  if (statement && /^copy\b/.test(this.whole(statement).request.sqls[at] ?? '')) reach('while it unloads');
  Reflect.apply(show, this, [id, state]);
};
StatementLog.prototype.update = function (id, state) {
  if (state.status === 'FINISHED') reach('after it is committed');
  Reflect.apply(update, this, [id, state]);
};

const main = async (root: string, state: string): Promise<void> => {
  const cloud = await startCloud({ root, state, sweepEvery: 1_000 });
  process.on('SIGINT', () => void cloud.stop().then(() => process.exit(130)));
  createInterface(process.stdin).on('line', (line) => {
    const [, moment = '', signal] = /^(.*) (SIG\w+)$/.exec(line) ?? [];
    armed = { moment, signal: signal as Signal };
    process.stdout.write('armed\n');
  });
  process.stdout.write(`${JSON.stringify(cloud.environment)}\n`);
};

const [root = '', state = ''] = process.argv.slice(2);
main(root, state).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
