import { nameHint } from '../../functions/values/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';

/** There is no mart of that name. */
export class UnknownMart extends Error {
  override readonly name = 'UnknownMart';
}

/** The mart of that name; throws `UnknownMart` with the most similar name. */
export const martNamed = (marts: readonly Mart[], name: string): Mart => {
  const mart = marts.find((one) => one.name === name);
  if (mart) return mart;
  const names = marts.map((one) => one.name);
  throw new UnknownMart(`there is no mart ${name}${nameHint(name, names)}`);
};
