/**
 * Limits that the three readings of a value share: over texts (number.ts, time.ts, zoned.ts, type.ts), over bytes
 * (quick.ts), and compiled (../fast/scanner/). The readings are separate for speed alone: behind Papa Parse, values read as
 * texts run at 43 to 67 MB/s, the compiled reading at 783 to 1,546 MB/s (docs/benchmarks.md). One table of cases,
 * conformance-cases.ts, holds them together. The scanner is AssemblyScript, so that only numbers can stand here.
 */

/** Any integer with this number of digits fits into 64 bits. */
export const exactDigits = 18;

/** Most digits of a fraction of a second. */
export const fractionDigits = 6;
