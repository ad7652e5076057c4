import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Commands of the laptop cloud's services are run; of others it is seen only that the service has such an operation. */
const runs = new Set([
  ...['dynamodb get-item', 'secretsmanager put-secret-value'],
  ...['sqs get-queue-url', 'sqs purge-queue'],
]);

/** Values that the reader gets from a command before, by their names on the page. */
const given: Record<string, string> = {};

const pascal = (words: string): string =>
  words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Runs a command of the AWS CLI, without its first word, through the SDK at the environment's endpoint. */
export const awsCommand = async ([service = '', operation = '', ...options]: string[], folder: string) => {
  const sdk = await import(`@aws-sdk/client-${service.replace('secretsmanager', 'secrets-manager')}`);
  const Command = sdk[`${pascal(operation)}Command`];
  expect(Command, `${service} ${operation}`).toBeTypeOf('function');
  const input = inputOf(options, folder);
  if (!runs.has(`${service} ${operation}`)) return;
  const Client = Object.entries(sdk).find(([name]) => /^\w+Client$/.test(name) && name !== '__Client')?.[1];
  const client = new (Client as new () => { send(command: unknown): Promise<object>; destroy(): void })();
  try {
    const answer = await client.send(new Command(input));
    if (operation === 'get-item') expect(answer).toHaveProperty('Item.listens');
    if (operation === 'get-queue-url') given.QUEUE_URL = (answer as { QueueUrl: string }).QueueUrl;
  } finally {
    client.destroy();
  }
};

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
  return given[value] ?? value;
};
