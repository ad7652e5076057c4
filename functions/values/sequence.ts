/** A fence or a sequence as text of eight digits, so that texts sort like the numbers. */
export const paddedSequence = (sequence: number): string => String(sequence).padStart(8, '0');
