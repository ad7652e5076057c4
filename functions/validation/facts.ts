import * as z from 'zod';

/** How files are written; `jsonl` has one JSON object a line, `json` is one array of them. */
export const fileFormats = ['csv', 'jsonl', 'json', 'parquet'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** What the validator saw while it read every byte; engines read the file by these facts and never guess. */
export const FileFacts = z
  .object({
    format: z.enum(fileFormats),
    compression: z.enum(['none', 'gzip']),
    bom: z.boolean(),
    delimiter: z.string(),
    quote: z.string(),
    /** Column names in file order; paths such as `items[].price` in JSON, where any record may have new columns. */
    header: z.array(z.string()).readonly(),
    line_end: z.enum(['lf', 'crlf', 'mixed']),
    /** A quoted field contains a line break. */
    multiline: z.boolean(),
    /** Data records, without the header. */
    records: z.number().int(),
    /** Uncompressed bytes. */
    bytes: z.number().int(),
    /** Of the bytes as they landed, hex. */
    sha256: z.string(),
  })
  .readonly();
export type FileFacts = z.infer<typeof FileFacts>;
