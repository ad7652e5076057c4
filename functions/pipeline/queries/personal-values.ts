import { hidden } from '../../warehouse/index.ts';

/** A record with `***` as the value of each personal column, at any depth. */
export const hidePersonal = <Value extends Readonly<Record<string, unknown>>>(
  record: Value,
  personal: readonly string[],
): Value =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      personal.includes(name) ? hidden : hideWithin(value, personal),
    ]),
  ) as Value;

const hideWithin = (value: unknown, personal: readonly string[]): unknown =>
  Array.isArray(value) ? value.map((one) => (isRecord(one) ? hidePersonal(one, personal) : one)) : value;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
