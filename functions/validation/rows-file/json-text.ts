import { skipValue } from '../json/skip.ts';
import { JsonTokens } from '../json/tokens.ts';

/** Says why a text is not JSON on one line, as strictly as the validator of JSON files; undefined if it is. */
export const jsonViolation = (text: string): string | undefined => {
  if (/\n|\r$/.test(text)) return 'is more than one record, or ends with a line break';
  const bytes = Buffer.from(text);
  const tokens = new JsonTokens();
  tokens.begin(bytes, 0, bytes.length);
  if (!skipValue(tokens, tokens.next(), 0)) return `is no JSON: ${tokens.problem}`;
  tokens.next();
  return tokens.at === bytes.length ? undefined : 'is no JSON: text follows the value';
};
