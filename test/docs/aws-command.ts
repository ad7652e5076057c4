import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Words that the page leaves to the reader, as the environment and earlier answers say them. */
const given: Record<string, () => string> = {
  BUCKET: () => process.env.LAKE_BUCKET ?? '',
  KEY: () => 'data/streams/manifest.json',
};

type Client = { send(command: unknown): Promise<Record<string, unknown>>; destroy(): void };

const pascal = (words: string): string =>
  words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Runs a command of the AWS CLI, without its first word, through the SDK; where is that of the environment unless it is given. */
export const awsCommand = async (
  [service = '', operation = '', ...options]: string[],
  folder: string,
  where: object = {},
): Promise<void> => {
  const sdk = await import(`@aws-sdk/client-${packages[service] ?? service}`);
  const Command = sdk[`${pascal(operation)}Command`];
  expect(Command, `${service} ${operation}`).toBeTypeOf('function');
  const Client = Object.entries(sdk).find(([name]) => /^\w+Client$/.test(name) && name !== '__Client')?.[1];
  const client = new (Client as new (config: object) => Client)(where);
  try {
    const answer = await client.send(new Command(inputOf(options, folder)));
    if (operation === 'get-item') expect(answer).toHaveProperty('Item.listens');
    if (operation === 'get-queue-url') given.QUEUE_URL = () => String(answer.QueueUrl);
    if (operation !== 'list-object-versions') return;
    const [oldest] = (answer.Versions as { VersionId: string }[]).toReversed();
    given.VERSION = () => oldest?.VersionId ?? '';
  } finally {
    client.destroy();
  }
};

const packages: Readonly<Record<string, string>> = { secretsmanager: 'secrets-manager', s3api: 's3' };

/** `--table-name x` as `TableName`; JSON and files are read, an option without a value is true. */
const inputOf = (options: readonly string[], folder: string): Record<string, unknown> => {
  const input: Record<string, unknown> = {};
  options.forEach((word, at) => {
    if (!word.startsWith('--')) return;
    const value = options[at + 1];
    input[pascal(word.slice(2))] = value === undefined || value.startsWith('--') ? true : read(value, folder);
  });
  return input;
};

const read = (value: string, folder: string): unknown => {
  if (value.startsWith('file://')) return readFileSync(join(folder, value.slice('file://'.length)), 'utf8');
  if (value.startsWith('{')) return JSON.parse(value);
  return value.replace(/\b[A-Z_]{3,}\b/g, (word) => given[word]?.() ?? word);
};
