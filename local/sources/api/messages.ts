import type { ApiSettings } from './server.ts';

/** What the process of the API is told: once, over its channel, so that no secret is in a file or a command line. */
export type ApiOrder = { readonly kind: 'serve'; readonly settings: ApiSettings };

/** What it tells. */
export type ApiMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly reason: string };
