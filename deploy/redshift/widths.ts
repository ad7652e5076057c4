import type { Mart, Model } from '../../functions/warehouse/index.ts';
import { tokensOf } from '../sql/tree.ts';

/**
 * Widths of texts count characters everywhere in a project, and bytes on Redshift, which cuts a longer text off without a word.
 * A character has at most four bytes, so Redshift gets four times the width.
 */

const widest = 65_535;
const bytesOfCharacter = 4;

/** A width in characters as one in bytes. */
const inBytes = (characters: number): number => Math.min(characters * bytesOfCharacter, widest);

/** A text with every `varchar(n)` in bytes. Needs the loaded parser. */
export const textInBytes = (sql: string): string => {
  const bytes = Buffer.from(sql);
  const tokens = tokensOf(sql);
  let from = 0;
  let text = '';
  for (const [at, token] of tokens.entries()) {
    const size = tokens[at + 2];
    if (!/^varchar$/i.test(token.text) || tokens[at + 1]?.text !== '(' || !/^\d+$/.test(size?.text ?? ''))
      continue;
    if (!size) continue;
    text += `${bytes.subarray(from, size.start).toString()}${inBytes(Number(size.text))}`;
    from = size.end;
  }
  return text + bytes.subarray(from).toString();
};

const typeInBytes = (type: string): string =>
  type.replace(/^varchar\((\d+)\)$/, (_, size: string) => `varchar(${inBytes(Number(size))})`);

/** A mart whose texts and columns have widths in bytes. */
export const martInBytes = (mart: Mart): Mart => ({ ...mart, models: mart.models.map(modelInBytes) });

const modelInBytes = <Kind extends Model>(model: Kind): Kind => ({
  ...model,
  sql: textInBytes(model.sql),
  incremental_sql: textInBytes(model.incremental_sql),
  columns: model.columns.map(({ name, type }) => ({ name, type: typeInBytes(type) })),
  ...(model.relations && { relations: model.relations.map(relationInBytes) }),
  ...(model.incremental_relations && {
    incremental_relations: model.incremental_relations.map(relationInBytes),
  }),
});

const relationInBytes = ({ name, sql }: { name: string; sql: string }) => ({ name, sql: textInBytes(sql) });
