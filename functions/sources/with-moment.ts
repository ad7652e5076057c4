/**
 * A record with the moment of its pull in front of its fields; unchanged without a name for that field. Other values than objects
 * stay as they are: validation reports them.
 */
export const withMoment = (record: string, field: string | undefined, moment: string): string => {
  if (field === undefined || !record.startsWith('{')) return record;
  const rest = record.slice(1).trimStart();
  return `{${JSON.stringify(field)}:${JSON.stringify(moment)}${rest.startsWith('}') ? '' : ','}${rest}`;
};
