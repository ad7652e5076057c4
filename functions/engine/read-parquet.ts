import { nestedColumns, topColumns } from './landed-columns.ts';
import { pathList, type ReadGroup, type Reading, textsObject } from './reading.ts';
import { identifier, literal } from './sql-text.ts';

/** No column has this name, and no manifest could name it. */
const pathColumn = '\u0001path';

/** Reads Parquet; a column that a file lacks is NULL. */
export const parquetReading = (group: ReadGroup, columns: readonly string[]): Reading => {
  const { header } = group.facts;
  const present = new Set(header);
  const known = new Set(topColumns(columns));
  const others = topColumns(header).filter((name) => !known.has(name));
  const column = (name: string): string => `landed.${identifier(name)}`;
  const options = `filename = ${literal(pathColumn)}, union_by_name = true`;
  return {
    relation: `read_parquet(${pathList(group)}, ${options})`,
    path: column(pathColumn),
    columns: nestedColumns(columns, column, (name) => !present.has(name)),
    unknown: textsObject(
      others.map((name) => {
        const value = present.has(name) ? column(name) : `to_json(${column(name)})`;
        return [name, `cast(${value} as varchar)`];
      }),
    ),
  };
};
