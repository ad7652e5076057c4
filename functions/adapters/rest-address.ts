import type { RestSource } from '../sources/index.ts';
import { SourceFailed } from '../sources/index.ts';

/** Throws `SourceFailed` unless a secret goes over TLS, or stays on this machine. */
export const assertSafe = ({ auth }: Pick<RestSource, 'auth'>, url: string): void => {
  if (!URL.canParse(url)) throw new SourceFailed('the url of the source is no URL');
  const isOpen = auth.kind === 'none' || isPrivate(url);
  if (!isOpen) throw new SourceFailed('secrets are sent over https only', { url: shownUrl(url) });
};

const isPrivate = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
};

/** Query and user may hold secrets. */
export const shownUrl = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};
