import type { Field } from '../../functions/validation/index.ts';

/**
 * Why casting a landed field to a type fails, or loses digits, for a value that the manifest accepts; undefined if it does
 * neither. Casts of silver cannot fail, because the manifest must be stricter than they are.
 */
export const unsafeCast = (field: Field, type: string): string | undefined => {
  const [, name = type, precision = '0', scale = '0'] =
    /^([a-z ]+)(?:\((\d+)(?:,(\d+))?\))?$/.exec(type) ?? [];
  if (name === 'varchar') return cutOff(field, Number(precision));
  const isSafe = checks[field.type.kind]?.(field, {
    name,
    whole: Number(precision) - Number(scale),
    scale: Number(scale),
  });
  if (isSafe !== false) return undefined;
  return `cast of ${field.name}: a ${field.type_name} of the manifest is not always a ${type}; ${advice(field)}`;
};

/** The most bytes of a text on Redshift, and how many characters of four bytes they are. */
const widest = 65_535;
const surely = Math.floor(widest / 4);

/** Redshift cuts a text off that is longer than the type of its column says. */
const cutOff = ({ name, type, one_of, max_length }: Field, width: number): string | undefined => {
  if (type.kind !== 'string') return undefined;
  const most = one_of ? Math.max(...one_of.map((value) => [...String(value)].length)) : max_length;
  if (most === undefined)
    return width === widest
      ? undefined
      : `cast of ${name}: the manifest allows texts of any length, and the warehouse cuts them off after ${width} characters; give the field "max_length": ${width}, or make it varchar(${widest})`;
  if (most > surely)
    return `cast of ${name}: the manifest allows ${most} characters, and the warehouse cuts off what has more than ${widest} bytes; give the field "max_length": ${surely}, or none, if what is longer may be cut off`;
  return most <= width
    ? undefined
    : `cast of ${name}: the manifest allows ${most} characters, and the warehouse cuts off what is longer than ${width}; make it varchar(${most})`;
};

type Target = { readonly name: string; readonly whole: number; readonly scale: number };
type Check = (field: Field, target: Target) => boolean;

const bits: Readonly<Record<string, bigint>> = { smallint: 15n, integer: 31n, bigint: 63n };

/** Whether the target can hold every whole number between the field's limits. */
const holdsWhole = ({ min, max }: Field, { name, whole }: Target, digits: number): boolean => {
  if (name === 'double precision') return true;
  const [least, most] = [min, max].map((bound) =>
    bound !== undefined && /^-?\d+/.test(bound) ? BigInt(bound.replace(/\..*/, '')) : undefined,
  );
  const limit = 10n ** BigInt(digits);
  const low = least ?? -limit;
  const high = most ?? limit;
  const room = name === 'decimal' ? 10n ** BigInt(Math.max(whole, 0)) - 1n : 2n ** (bits[name] ?? 0n) - 1n;
  return low >= -room && high <= room;
};

const checks: Readonly<Partial<Record<string, Check>>> = {
  string: ({ pattern, one_of }) => pattern !== undefined || one_of !== undefined,
  int: (field, target) =>
    target.name === 'bigint' ||
    (isNumber(target) &&
      ((field.min !== undefined && field.max !== undefined) ||
        target.name === 'decimal' ||
        target.name === 'double precision') &&
      holdsWhole(field, target, 19)),
  decimal: (field, target) => {
    if (field.type.kind !== 'decimal' || !isNumber(target)) return false;
    const { precision, scale } = field.type;
    if (target.name === 'double precision') return true;
    return (
      target.scale >= scale && holdsWhole(boundedBy(field, precision - scale), target, precision - scale)
    );
  },
  float: (_, { name }) => name === 'double precision',
  bool: (_, { name }) => name === 'boolean',
  date: (_, { name }) => name === 'date' || name === 'timestamp',
  timestamp: (_, { name }) => name === 'date' || name === 'timestamp',
  timestamptz: () => false,
};

const isNumber = ({ name }: Target): boolean =>
  name in bits || name === 'decimal' || name === 'double precision';

/** Without its own limits, a decimal is limited by its digits. */
const boundedBy = (field: Field, digits: number): Field => {
  const most = 10n ** BigInt(Math.max(digits, 0)) - 1n;
  return { ...field, min: field.min ?? String(-most), max: field.max ?? String(most) };
};

const advice = ({ name, type, min, max }: Field): string => {
  if (type.kind === 'timestamptz') return `write cast({{ utc('${name}') }} as timestamp), the moment in UTC`;
  if (type.kind === 'string') return 'give the field that type in the manifest, or cast to varchar(n)';
  const isBounded = min !== undefined && max !== undefined;
  return type.kind === 'int' && !isBounded
    ? 'cast to bigint, or give the field min and max'
    : 'cast to a type that holds every such value';
};
