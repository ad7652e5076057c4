import type { Dice } from '../../simulation/dice.ts';

/** Texts that stand in a JSON document where a value was, as they are. */
const snippets = [
  'null',
  'true',
  '[]',
  '{}',
  '0',
  '-0',
  '-1',
  '1e400',
  '1e-400',
  '9007199254740993',
  '123456789012345678901234567890123456789012345678901234567890',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '"constructor"',
  '"__proto__"',
  '[null]',
  '[[[]]]',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":1}}',
  '{"a":1,"a":2}',
  `"${'x'.repeat(100_000)}"`,
  `${'['.repeat(900)}${']'.repeat(900)}`,
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"L":['.repeat(900)}${']}'.repeat(900)}`,
  `${'{"L":['.repeat(33)}${']}'.repeat(33)}`,
  `${'{"M":{"a":'.repeat(450)}{"S":"x"}${'}}'.repeat(450)}`,
  `[${Array.from({ length: 5_000 }, () => '{}').join(',')}]`,
  'undefined',
  'NaN',
  '"\\x"',
  '{',
];

const mark = '\u2603replaced\u2603';

/** The text of a JSON document with one value replaced, left out or damaged. */
export const mutateJson = (document: unknown, dice: Dice): string | Buffer => {
  const kind = dice.below(10);
  if (kind === 0) return dice.pick(snippets);
  if (kind === 1) return cut(JSON.stringify(document), dice);
  if (kind === 2) return spoil(Buffer.from(JSON.stringify(document)), dice);
  if (kind === 3)
    return JSON.stringify(document).replace('{', '{"__proto__":{"TableName":"x"},"constructor":1,');
  const copy = structuredClone(document);
  const places = placesIn(copy);
  if (places.length === 0) return dice.pick(snippets);
  const { holder, name } = dice.pick(places);
  if (kind === 4) delete holder[name];
  else holder[name] = mark;
  return JSON.stringify(copy).replace(JSON.stringify(mark), () => dice.pick(snippets));
};

const cut = (text: string, dice: Dice): string => text.slice(0, dice.below(text.length));

/** Changes some bytes, so that the text may not be UTF-8 any more. */
const spoil = (bytes: Buffer, dice: Dice): Buffer => {
  for (let times = 0; times < 3; times++)
    if (bytes.length > 0) bytes[dice.below(bytes.length)] = dice.below(256);
  return bytes;
};

type Place = { readonly holder: Record<string, unknown>; readonly name: string };

const placesIn = (value: unknown): Place[] => {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
};

/** Texts for headers and queries that no client would send. */
export const oddTexts = [
  '',
  '-1',
  '0',
  '99999999999999999999',
  '1e3',
  '0x10',
  ' 5',
  'true',
  'constructor',
  '__proto__',
  '%ff',
  '%00',
  '%',
  '%zz',
  'ä',
  '\u00ff',
  '*',
  'x'.repeat(3_000),
  '"',
  'bytes=-',
  ',',
  ';',
  'null',
  '2024-01-01',
  'Thu, 99 Foo 9999 99:99:99 GMT',
] as const;

const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index} "${`&a${index === 0 ? '' : index - 1};`.repeat(10)}">`).join('')}]>`;

/** XML documents that no client would send. */
export const oddDocuments = [
  '',
  '<',
  '<a>',
  '<a></b>',
  `${bomb}<Delete><Object><Key>&a8;</Key></Object></Delete>`,
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&x;</Key></Object></Delete>',
  '<a>'.repeat(50_000),
  `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`,
  '<Delete/>',
  '<Delete><Object/></Delete>',
  `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1_001)}</Delete>`,
  '<Delete><Object><Key>fuzz/&#0;&#xFFFFFF;&nbsp;</Key></Object></Delete>',
  `<Delete><Object><Key>${'&amp;'.repeat(1_000)}</Key></Object></Delete>`,
  '<Delete><__proto__><Key>a</Key></__proto__><Object><Key>fuzz/z</Key></Object></Delete>',
  '<constructor><Object><Key>a</Key></Object></constructor>',
  '<CompleteMultipartUpload><Part><PartNumber>-1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
  '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
  '<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>',
  '<Tagging><TagSet>x</TagSet></Tagging>',
  '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  '<VersioningConfiguration><Status>On</Status></VersioningConfiguration>',
  `<a ${'b="c" '.repeat(5_000)}/>`,
  '<?xml version="1.0" encoding="UTF-16"?><a/>',
  '\u0000\u0001',
  '{}',
] as const;
