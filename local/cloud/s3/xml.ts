import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './error.ts';

/** An element: its name, then its text or its children; without content it is left out. */
export type Element = readonly [
  name: string,
  content: string | number | boolean | undefined | readonly Element[],
];

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

// XML does not allow most control characters; S3 writes them as references anyway.
const hostile = /[&<>"\p{Cc}]/gu;

const escapeText = (text: string): string =>
  text.replace(hostile, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`);

const render = ([name, content]: Element): string => {
  if (content === undefined) return '';
  return `<${name}>${typeof content === 'object' ? content.map(render).join('') : escapeText(String(content))}</${name}>`;
};

/** The first line of every document. */
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Writes an XML document with a root in S3's namespace, as in all answers except errors. */
export const xmlDocument = (root: string, content: string | readonly Element[]): string =>
  `${xmlDeclaration}${render([root, content]).replace(`<${root}`, `<${root} xmlns="${namespace}"`)}`;

/** Writes an error's XML document, which has no namespace. */
export const xmlError = (content: readonly Element[]): string =>
  `${xmlDeclaration}${render(['Error', content])}`;

const unlimited = { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  processEntities: unlimited,
  isArray: (name) => ['Object', 'Part', 'Tag'].includes(name),
});

/** Reads a request's XML body: values stay texts, and Object, Part and Tag are arrays; MalformedXML if it cannot be read. */
export const parseXml = (text: string): unknown => {
  // Entities of its own could make a short document endless.
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML');
  try {
    return parser.parse(text);
  } catch {
    throw new S3Error('MalformedXML');
  }
};
