const links = /<([^>]*)>((?:\s*;[^",;<]*(?:"[^"]*")?)*)/g;
const parameter = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"([^"]*)"|([^\s",;]+)))?/g;

/** The URL with a rel in the header `Link` (RFC 8288); undefined if there is none. */
export const linkOf = (header: string, rel: string): string | undefined => {
  const found = [...header.matchAll(links)].find(([, , parameters = '']) =>
    [...parameters.matchAll(parameter)].some(
      ([, name = '', quoted, plain]) =>
        name.toLowerCase() === 'rel' && isAmong(rel, (quoted ?? plain ?? '').split(/\s+/)),
    ),
  );
  return found?.[1];
};

const isAmong = (rel: string, rels: readonly string[]): boolean =>
  rels.some((one) => one.toLowerCase() === rel.toLowerCase());
