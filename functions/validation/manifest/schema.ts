import * as z from 'zod';
import { fileFormats } from '../facts.ts';
import { dateFormats, timestampFormats } from '../fields/time.ts';

/** The manifest as data owners write it; `rules/manifest.schema.json` is made from this. */

const plainTypes = ['int', 'string', 'timestamp', 'timestamptz', 'date', 'float', 'bool'] as const;
const decimalType = /^decimal\(([1-9]|[12][0-9]|3[0-8]), ?(0|[1-9]|[12][0-9]|3[0-8])\)$/;
const noType = `is none of ${plainTypes.join(', ')}, decimal(p,s) with p up to 38`;

const count = z.int().min(0);
const pattern = z.string().min(1).max(1000);
const scalar = z.union([z.number(), z.string()], { error: 'is no number and no text' });
const oneByte = z.string().regex(/^[\t -~]$/, { error: 'is not one ASCII character' });

/** The manifest's entry of one column. */
export const FieldText = z.strictObject({
  from: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Name of the column in the file, exactly as it stands there, where it is not the name of the field: "Order ID", " city ". A csv column without a name is called by its place: "column 3". In other formats it may be a path, as names of fields are.',
    ),
  type: z
    .union([z.enum(plainTypes), z.string().regex(decimalType, { error: noType })], { error: noType })
    .describe(
      'int is 64 bits; decimal(p,s) has p digits, s of them after the point; bool is true or false; timestamptz has an offset from UTC, such as Z or +02:00.',
    ),
  required: z
    .boolean()
    .default(false)
    .describe('Every record has a value. An empty field is no value, quoted or not.'),
  min: scalar.optional().describe('Smallest value, of the type of the field; in quotes where digits matter.'),
  max: scalar.optional().describe('Largest value, of the type of the field; in quotes where digits matter.'),
  length: count.optional().describe('Exact number of characters (Unicode code points).'),
  min_length: count.optional().describe('Least number of characters.'),
  max_length: count.optional().describe('Greatest number of characters.'),
  pattern: pattern.optional().describe('Regular expression (RE2 syntax) that matches the whole value.'),
  one_of: z
    .array(scalar)
    .min(1)
    .max(10_000)
    .optional()
    .describe('The only values allowed, compared as text.'),
  format: z
    .enum([...timestampFormats, ...dateFormats])
    .optional()
    .describe('How a timestamp or a date is written; default: YYYY-MM-DD HH:mm:ss and YYYY-MM-DD.'),
  pii: z.boolean().default(false).describe('Personal data: its values never appear in a report or a log.'),
  description: z.string().optional().describe('For people; nothing is checked.'),
});
export type FieldText = z.infer<typeof FieldText>;

const Fields = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .regex(/^\P{Cc}*$/u, { error: 'has control characters' }),
    FieldText,
  )
  .describe(
    'The columns of a file by name, under which SQL and rules know them; they may stand in any order in it. In other formats than csv a name may be a path: address.city, tags[] (an array of values), items[].price (a value in each object of an array).',
  );

const Validation = z.strictObject({
  on_error: z
    .enum(['quarantine', 'quarantine_rows'])
    .default('quarantine')
    .describe(
      'quarantine: one invalid row rejects the whole file. quarantine_rows: valid rows are accepted, invalid ones are quarantined for correction.',
    ),
  max_bad_rows: count
    .optional()
    .describe('quarantine_rows: a file with more invalid rows is rejected as a whole.'),
  max_bad_share: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'quarantine_rows: a file with a greater share of invalid rows is rejected as a whole, 0.01 is one in a hundred.',
    ),
  quarantine_path: z
    .string()
    .max(256)
    .regex(/^data\/quarantine(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/, {
      error: 'leaves data/quarantine, or has a folder of odd characters',
    })
    .default('data/quarantine')
    .describe('Where rejected files go: data/quarantine or a folder under it.'),
  on_empty: z
    .enum(['ignore', 'reject'])
    .default('ignore')
    .describe(
      'ignore: a file of no bytes is ignored, a header alone is a file of no records. reject: both are rejected.',
    ),
  on_duplicate_file: z
    .enum(['publish', 'ignore', 'reject'])
    .default('publish')
    .describe(
      'A file with the same bytes as another file of the dataset, under another name. publish: its rows are published too, and commands say so. ignore: it is ignored. reject: it is rejected.',
    ),
});

const extension = z
  .string()
  .regex(/^(\.[A-Za-z0-9]+)+$/, { error: 'is not an extension such as .csv' })
  .describe('How file names end; the same followed by .gz is allowed too.');
const format = z
  .enum(fileFormats, { error: 'is none of csv, jsonl, json, parquet' })
  .optional()
  .describe(
    'How files are written: csv is RFC 4180 with a header, jsonl one JSON object per line, json one array of objects. The default depends on the extension (.jsonl, .ndjson, .json, .parquet, else csv).',
  );
const name_pattern = pattern
  .optional()
  .describe(
    'Regular expression (RE2 syntax) that matches the whole name of a file, without folders and .gz.',
  );
const max_rows = z.int().min(1).optional().describe('Most records of a file, without the header.');

/** Files of a dataset that come another way; what is not said here is said of all its files. */
const OtherFiles = z.strictObject({
  format,
  name_pattern,
  max_rows,
  validation: Validation.pick({ on_error: true, max_bad_rows: true, max_bad_share: true })
    .optional()
    .describe('What invalid rows of such a file do; default: what they do in the other files.'),
});

const FileText = z.strictObject({
  extension,
  format,
  name_pattern,
  also: z
    .record(extension, OtherFiles)
    .optional()
    .describe(
      'Files of the same records that are written in another way, by their extension, such as .jsonl from a stream beside .csv.',
    ),
  delimiter: oneByte.optional().describe('csv: one character between fields; default: a comma.'),
  quote: oneByte
    .optional()
    .describe(
      'csv: one character around fields that hold delimiters or line breaks, default: a double quote.',
    ),
  encoding: z
    .string()
    .regex(/^[Uu][Tt][Ff]-?8$/, { error: 'is not utf-8, the only encoding that is read' })
    .optional()
    .describe('A byte-order mark may be there or not in csv; JSON has none.'),
  max_rows,
  max_bytes: z
    .int()
    .min(1)
    .default(10 * 2 ** 30)
    .describe('Most bytes of a file, uncompressed.'),
  max_row_bytes: z
    .int()
    .min(1)
    .max(16 * 2 ** 20)
    .optional()
    .describe('Most bytes of one record; default: 1048576.'),
  fields_required: z
    .boolean()
    .optional()
    .describe(
      'The header names every field; if false, columns that are not required may be missing. In jsonl and json every record names them; false without it.',
    ),
  unknown_fields: z
    .enum(['reject', 'ignore', 'text'])
    .default('reject')
    .describe(
      'Columns that the manifest does not name: reject the file, ignore them, or keep them as text in the column unknown_fields.',
    ),
  key: z
    .array(z.string())
    .min(1)
    .max(32)
    .optional()
    .describe('Fields that identify a record of a file; each must be required.'),
  on_duplicate: z
    .enum(['first', 'last', 'reject'])
    .optional()
    .describe(
      'Records with the same key: keep the first or the last one and quarantine the others, or treat each as invalid (reject, the default).',
    ),
  fields: Fields,
  validation: Validation.prefault({}),
});

const folder = String.raw`[^/\p{Cc}#]+`;

/** A whole `manifest.json`. */
export const ManifestText = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().optional(),
    version: z.string().min(1).max(100).describe('It is in every report.'),
    directory: z
      .string()
      .regex(new RegExp(`^data/(?!archive/|quarantine/)(?:(?!\\.\\.?/)${folder}/)+$`, 'u'), {
        error: 'is not a landing folder such as data/streams/',
      })
      .describe('Where files land, with a slash at the end; folders under it count too.'),
    purpose: z.string().optional().describe('For people.'),
    schema: FileText,
  })
  .meta({
    title: 'Manifest of a landing folder',
    description: 'What may land; everything here is enforced.',
  });
export type ManifestText = z.infer<typeof ManifestText>;
