/** A `copy (<select>) to 's3://<bucket>/<prefix>' (format json)`, which plays Redshift's UNLOAD. */
export type Unload = {
  readonly select: string;
  readonly bucket: string;
  /** `<prefix>0000_part_00.json`, as Redshift names its one slice's file. */
  readonly key: string;
};

const copyToS3 =
  /^copy\s*\(([\s\S]*)\)\s*to\s*'s3:\/\/([^/']+)\/([^']*)'\s*\(\s*format\s+json\s*\)\s*;?\s*$/i;

/** Comments and space before a statement. */
const preamble = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;

/** Recognises an unload; undefined for any other statement. */
export const parseUnload = (sql: string): Unload | undefined => {
  const [, select, bucket, prefix] = copyToS3.exec(sql.replace(preamble, '')) ?? [];
  if (select === undefined || bucket === undefined || prefix === undefined) return undefined;
  return { select, bucket, key: `${prefix}0000_part_00.json` };
};
