import type { ApiMessage, ApiOrder } from './messages.ts';
import { serveShop } from './server.ts';

/** The process of the generated API; it ends with its parent. */
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);

const say = (message: ApiMessage): void => void process.send?.(message);

process.once('message', ({ settings }: ApiOrder) => {
  serveShop(settings).then(
    ({ port }) => say({ kind: 'listening', port }),
    (error: Error) => say({ kind: 'failed', reason: error.message }),
  );
});
