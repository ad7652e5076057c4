/** How a true or a false stands in a landed file. */
export const boolTexts = ['true', 'false', 'True', 'False', 'TRUE', 'FALSE'] as const;

const known: ReadonlySet<string> = new Set(boolTexts);

/** Says why a text is no true or false; undefined for one that is. */
export const boolViolation = (text: string): string | undefined =>
  known.has(text) ? undefined : 'true or false';
