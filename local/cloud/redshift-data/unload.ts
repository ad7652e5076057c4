/** A `copy (<select>) to 's3://<bucket>/<prefix>' (format json)`, which takes the place of Redshift's UNLOAD. */
export type Unload = {
  readonly select: string;
  readonly bucket: string;
  /** `<prefix>0000_part_00.json`, the name that Redshift gives the file of its only slice. */
  readonly key: string;
};

const copyToS3 = /^copy\s*\(([\s\S]*)\)\s*to\s*'s3:\/\/([^/']+)\/([^']*)'\s*\(\s*format\s+json\s*\)\s*;?$/i;

/** Comments and blanks before a statement. */
const preamble = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;

/** Recognizes an unload; undefined for any other statement. */
export const parseUnload = (sql: string): Unload | undefined => {
  const [, select, bucket, prefix] = copyToS3.exec(sql.replace(preamble, '').trimEnd()) ?? [];
  if (select === undefined || bucket === undefined || prefix === undefined) return undefined;
  return { select, bucket, key: `${prefix}0000_part_00.json` };
};
