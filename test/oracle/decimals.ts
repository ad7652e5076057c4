/**
 * The exact quotient of two integers, rounded half away from zero to some decimals; computed in integers, so that no
 * binary fraction ever decides on which side a half falls. A zero denominator is a RangeError.
 */
export const halfUp = (numerator: number, denominator: number, places: number): number => {
  const scaled = BigInt(Math.abs(numerator)) * 10n ** BigInt(places);
  const divisor = BigInt(Math.abs(denominator));
  const rounded = (2n * scaled + divisor) / (2n * divisor);
  const digits = rounded.toString().padStart(places + 1, '0');
  const sign = numerator < 0 !== denominator < 0 ? '-' : '';
  return Number(`${sign}${digits.slice(0, digits.length - places)}.${digits.slice(digits.length - places)}`);
};
