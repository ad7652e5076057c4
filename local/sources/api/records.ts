import { type Shop, sessionAt, sessionTimeAt, userAt, userTimeAt } from '../../generate/index.ts';
import type { Switches } from './switches.ts';

export type ShopRecords = {
  /** Numbers of the records of a window of days, in the order in which the API answers them: none. */
  numbersIn(path: RecordPath, window: ApiWindow, switches: Switches): number[];
  /** The text of a record in JSON. */
  textOf(path: RecordPath, number: number, switches: Switches): string;
};

export type RecordPath = '/users' | '/sessions';
/** Days as they are asked for: `start_date` and `end_date`, in epoch milliseconds. */
export type ApiWindow = { readonly start: number; readonly end: number };

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Opens the users and the sessions of a shop; only the time of each is kept, once it has been asked for. */
export const openRecords = (shop: Shop, sizes: Readonly<Record<RecordPath, number>>): ShopRecords => {
  const known = new Map<RecordPath, Float64Array>();
  const timesOf = (path: RecordPath): Float64Array => {
    const at = path === '/users' ? userTimeAt : sessionTimeAt;
    const times =
      known.get(path) ?? Float64Array.from({ length: sizes[path] }, (_, number) => at(shop, number));
    known.set(path, times);
    return times;
  };
  return {
    numbersIn: (path, window, switches) => {
      const { border } = switches;
      const added =
        border && path === '/sessions' ? Array<number>(border.rows).fill(Date.parse(border.time)) : [];
      const isIn = (time: number, number: number): boolean =>
        time >= window.start && isBefore(time, window.end, switches) && isVisible(time, number, switches);
      const numbers: number[] = [];
      for (const [number, time] of timesOf(path).entries()) if (isIn(time, number)) numbers.push(number);
      for (const [index, time] of added.entries()) if (isIn(time, index)) numbers.push(sizes[path] + index);
      return numbers.flatMap((number, index) => (isRepeated(index, switches) ? [number, number] : [number]));
    },
    textOf: (path, number, { border, edition }) => {
      if (path === '/users') return JSON.stringify(userAt(shop, number, edition));
      const session = sessionAt(shop, number);
      if (number < sizes[path] || !border) return JSON.stringify(session);
      const session_start_time = `${new Date(border.time).toISOString().slice(0, 23)}000`;
      return JSON.stringify({ ...session, session_start_time });
    },
  };
};

const isBefore = (time: number, end: number, { end: kind }: Switches): boolean => {
  if (kind === 'inclusive') return time < end + dayMs;
  return kind === 'exclusive' ? time < end : time <= end;
};

const isVisible = (time: number, number: number, { late }: Switches): boolean =>
  late === null || time + (1 + (number % late.hours)) * hourMs <= Date.parse(late.now);

const isRepeated = (index: number, { repeat_every: every }: Switches): boolean =>
  every > 0 && (index + 1) % every === 0;
