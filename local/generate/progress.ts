/** Where progress is shown: standard error. */
type Screen = { write(text: string): unknown; readonly isTTY?: boolean };

export type Progress = {
  /** Tells how many rows are done; shown from the second second on. */
  tell(rows: number): void;
  /** Shows the last line. */
  end(text: string): void;
};

/** Milliseconds between two lines on a terminal, which replace each other, and elsewhere. */
const pause = { terminal: 500, elsewhere: 5_000 };
const silentFor = 2_000;

/** Shows the progress of long work; `now` is the clock in milliseconds. */
export const progressOn = (
  screen: Screen,
  { what, total }: { readonly what: string; readonly total: number },
  now: () => number = performance.now.bind(performance),
): Progress => {
  const started = now();
  let shown = started + silentFor - pause.elsewhere;
  const isTerminal = screen.isTTY === true;
  let isLineOpen = false;
  return {
    tell(rows) {
      const time = now();
      if (time - started < silentFor || time - shown < (isTerminal ? pause.terminal : pause.elsewhere))
        return;
      shown = time;
      const text = lineOf(what, rows, total, (time - started) / 1_000);
      screen.write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`);
      isLineOpen = isTerminal;
    },
    end: (text) => void screen.write(`${isLineOpen ? '\r\x1b[K' : ''}${text}\n`),
  };
};

const lineOf = (what: string, rows: number, total: number, seconds: number): string => {
  const rate = rows / seconds;
  const left = Math.ceil((total - rows) / rate);
  const share = Math.floor((100 * rows) / total);
  return `${what}: ${group(rows)} of ${group(total)} rows (${share} %), ${group(Math.round(rate))} rows/s, ${group(left)} s left`;
};

const group = (number: number): string => number.toLocaleString('en');
