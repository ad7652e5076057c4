import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml';
import { TemplateError } from './error.ts';

/**
 * Reads a YAML or JSON file as plain values, with CloudFormation's short tags in their long form: `!Ref A` as `{Ref: 'A'}`,
 * `!GetAtt A.B` as `{'Fn::GetAtt': ['A', 'B']}`. Throws `TemplateError`.
 */
export const readYaml = (root: string, file: string): unknown => {
  const document = parseDocument(readText(root, file), { logLevel: 'silent', merge: true });
  const [error] = document.errors;
  if (error) throw new TemplateError({ file, path: '' }, error.message, { cause: error });
  return toValue(document.contents, document);
};

const readText = (root: string, file: string): string => {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (cause) {
    throw new TemplateError({ file, path: '' }, 'cannot be read', { cause });
  }
};

const toValue = (node: unknown, document: Document): unknown => {
  if (isAlias(node)) return toValue(node.resolve(document), document);
  const value = isMap(node)
    ? toObject(node, document)
    : isSeq(node)
      ? node.items.map((item) => toValue(item, document))
      : isScalar(node)
        ? node.value
        : undefined;
  return withTag((node as Node | null)?.tag, value);
};

const toObject = (map: YAMLMap, document: Document): Record<string, unknown> => {
  const entries = map.items.flatMap(({ key, value }): [string, unknown][] => {
    const name = String(isScalar(key) ? key.value : key);
    const member = toValue(value, document);
    return isMergeKey(key) ? Object.entries(member as object) : [[name, member]];
  });
  return Object.fromEntries(entries);
};

const isMergeKey = (key: unknown): boolean => isScalar(key) && key.source === '<<';

const withTag = (tag: string | undefined, value: unknown): unknown => {
  if (!tag?.startsWith('!') || tag === '!') return value;
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
};
