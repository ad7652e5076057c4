const smallE: u8 = 0x65;
const largeE: u8 = 0x45;

/** `true`, `True`, `TRUE` and the first letters of `false`, `False`, `FALSE`, as in memory. */
const yes: u32 = 0x65757274;
const yesTitle: u32 = 0x65757254;
const yesUpper: u32 = 0x45555254;
const no: u32 = 0x736c6166;
const noTitle: u32 = 0x736c6146;
const noUpper: u32 = 0x534c4146;

/** The end of a true or a false; its start if there is none. */
export function boolEnd(start: usize): usize {
  const letters = load<u32>(start);
  if (letters === yes || letters === yesTitle || letters === yesUpper) return start + 4;
  const last = letters === noUpper ? largeE : smallE;
  const isNo = letters === no || letters === noTitle || letters === noUpper;
  return isNo && load<u8>(start + 4) === last ? start + 5 : start;
}
