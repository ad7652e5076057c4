const times = ['year', 'years', 'month', 'months', 'day', 'days', 'date', 'hour', 'hours', 'date_hour'];
const widths = ['bucket', 'truncate'];

/** A field of a silver table's partition as written, and its column; without a column if it is not valid. */
type PartitionField = { readonly text: string; readonly column?: string };

/** Fields of a partition such as `days(listen_time)` or `bucket(16, user_id), region`, read as the Glue jobs read them. */
export const partitionFields = (partition: string | undefined): PartitionField[] =>
  (partition?.match(/[^(),]+(?:\([^()]*\))?/g) ?? [])
    .map((field) => field.trim())
    .filter((field) => field !== '')
    .map((text) => ({ text, ...columnOf(text) }));

const columnOf = (text: string): { column?: string } => {
  if (/^\w+$/.test(text)) return { column: text };
  const [, name = '', ...parts] = /^(\w+)\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)$/.exec(text) ?? [];
  const given = parts.filter((part) => part !== undefined);
  const isTime = times.includes(name.toLowerCase()) && given.length === 1;
  const isWidth = widths.includes(name.toLowerCase()) && given.length === 2;
  const column = isTime ? given[0] : isWidth ? given.find((part) => !/^\d+$/.test(part)) : undefined;
  return column === undefined ? {} : { column };
};
