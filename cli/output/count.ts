/** A number with its noun: `1 day`, `2,000 days`, `2 batches`. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural(noun)}`;

const plural = (noun: string): string => `${noun}${/(?:[sxz]|[cs]h)$/.test(noun) ? 'es' : 's'}`;
