import { relative } from 'node:path';
import { usualState, type Where } from '../options.ts';

/** The only place that makes commands which are printed as a next step: each uses the same cloud as this command. */

let targetOptions = '';

/** Makes all commands printed from now on name that cloud; called before the environment is pointed at a laptop cloud. */
export const nextCommandsSpeakTo = (where: Where, environment: NodeJS.ProcessEnv = process.env): void => {
  targetOptions = optionsOf(where, environment);
};

/** The default state needs no option, unless the environment names another cloud. */
const optionsOf = ({ state, stage }: Where, { LAKE_BUCKET, LEDGER_TABLE }: NodeJS.ProcessEnv): string => {
  if (stage !== undefined) return ` --stage ${quoted(stage)}`;
  const isUsual = state === undefined || relative(process.cwd(), state) === usualState;
  if (state === undefined || (isUsual && !(LAKE_BUCKET && LEDGER_TABLE))) return '';
  return ` --state ${quoted(state)}`;
};

/** `npx soundcheck <words>` with the options of the cloud; a word that a shell would change is quoted. */
export const nextCommand = (...words: readonly string[]): string =>
  `npx soundcheck ${words.map(quoted).join(' ')}${targetOptions}`;

/** `npm start` with words after `--`, on the same state. */
export const npmStart = (...words: readonly string[]): string =>
  `npm start --${targetOptions} ${words.map(quoted).join(' ')}`;

/** `npm run cloud` on the same state, with these words after `--`. */
export const npmCloud = (...words: readonly string[]): string => {
  const options = `${targetOptions}${words.map((word) => ` ${quoted(word)}`).join('')}`;
  return `npm run cloud${options && ` --${options}`}`;
};

const quoted = (word: string): string =>
  /^[\w./@:,=+%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
