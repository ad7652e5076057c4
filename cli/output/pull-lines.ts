import { styleText } from 'node:util';
import { newlyLanded, type PullIn, type PullRecord, pullTime } from '../../functions/pipeline/index.ts';
import { count } from './count.ts';
import { nextCommand } from './next-command.ts';

/** The source and the window of a pull. */
export const pullName = ({ source, from, to }: PullRecord): string => `${source} ${from} to ${to}`;

/** What became of a pull, in one line, and what to do next. */
export const pullLines = (pull: PullRecord): string[] => [
  `${styleText('bold', pullName(pull))}: ${stateOf(pull)}`,
  ...nextOf(pull).map((line) => `  next: ${line}`),
];

const stateOf = (pull: PullRecord): string => {
  switch (pull.state) {
    case 'landed':
      return landedText(pull);
    case 'failed':
      return `failed: ${pull.reason}; ${pull.retry_at ? `the next try is at ${pull.retry_at}` : `given up after ${count(pull.tries, 'failure')}`}`;
    case 'parked':
      return `parked: ${pull.reason}`;
    case 'pulling':
      return pullingText(pull);
    case 'pulled':
      return `${count(pull.pulled.records, 'record')} pulled, about to land`;
    case 'asked':
      return `asked for at ${pull.asked_at}`;
  }
};

/** That a process has died is not known before it could not be at work any more. */
export const pullingText = ({ started_at }: PullIn<'pulling'>): string =>
  `is being pulled since ${started_at}; if that process has died, the sweep starts it again after ${new Date(Date.parse(started_at) + pullTime).toISOString()}`;

const landedText = (pull: PullIn<'landed'>): string => {
  const { records, key } = pull.content;
  if (records === 0) return 'the source has no records';
  return `${count(records, 'record')} in ${key}${newlyLanded(pull) ? '' : ', the same as before'}`;
};

const nextOf = ({ state, source, from, to }: PullRecord): string[] => {
  const again = ['pull', source, '--from', from, '--to', to];
  if (state === 'failed')
    return [`correct the source or rules/${source}/source.json, then ${nextCommand(...again)}`];
  if (state === 'parked') return [`if that is right, ${nextCommand(...again, '--confirm')}`];
  return [];
};

/** The same as JSON. */
export const pullDocument = (pull: PullRecord): object => {
  const { rev: _rev, ...known } = pull;
  return known;
};
