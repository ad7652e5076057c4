import type { IncomingHttpHeaders } from 'node:http';

/** The address of the cloud, and its buckets. */
export type OwnAddress = { readonly port: number; readonly isBucket: (name: string) => boolean };

/**
 * Says why a request is rejected that a web page in a browser could have sent; undefined if it is allowed. A foreign name that
 * points to 127.0.0.1 shows in `Host`; a page of another site or port shows in `Origin` and `Sec-Fetch-Site`, which browsers
 * set themselves. AWS clients send neither.
 */
export const rejectionOf = (
  headers: IncomingHttpHeaders,
  { port, isBucket }: OwnAddress,
): string | undefined => {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  const own = ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  const bucket = /^(.+)\.(localhost.*)$/i.exec(host);
  const isOwnHost =
    own.includes(host.toLowerCase()) ||
    (bucket !== null && own.includes((bucket[2] ?? '').toLowerCase()) && isBucket(bucket[1] ?? ''));
  if (!isOwnHost)
    return `The host "${host}" is not allowed: use 127.0.0.1:${port}, localhost:${port} or [::1]:${port}`;
  if (origin !== undefined && !own.includes(origin.toLowerCase().replace(/^http:\/\//, '')))
    return `Requests of web pages are not answered (Origin ${origin})`;
  if (site !== undefined && !['same-origin', 'none'].includes(String(site)))
    return `Requests of web pages of other sites are not answered (Sec-Fetch-Site ${site})`;
  return undefined;
};
