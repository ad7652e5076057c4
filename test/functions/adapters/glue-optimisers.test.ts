import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { glueOptimisers } from '../../../functions/adapters/glue-optimisers.ts';
import { type Answer, type Laptop, openLaptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop({});
});
afterEach(() => laptop.rest());
afterAll(() => laptop.close());

const options = { account: '1', database: 'silver', role: 'arn:aws:iam::1:role/optimiser', hours: 24 };
const { keep } = glueOptimisers(options);
const types = ['compaction', 'retention', 'orphan_file_deletion'];

const failure = (name: string): Answer => ({ status: 400, body: { __type: name, Message: 'no' } });

/** Answers like Glue, which holds these optimisers, and adds a setting of its own to each. */
const holding = (held: Map<string, object>) => {
  laptop.meddle(({ operation, body }) => {
    const { Type, TableOptimizerConfiguration: configuration } = JSON.parse(String(body));
    const found = held.get(Type);
    if (operation === 'GetTableOptimizer')
      return found
        ? { status: 200, body: { TableOptimizer: { type: Type, configuration: { ...found, added: 1 } } } }
        : failure('EntityNotFoundException');
    if (operation === 'CreateTableOptimizer' && found) return failure('AlreadyExistsException');
    held.set(Type, configuration);
    return { status: 200, body: {} };
  });
  return held;
};

const written = (): string[] =>
  laptop.seen.map(({ operation }) => operation).filter((operation) => operation !== 'GetTableOptimizer');

test('creates the three optimisers of a table under the role, and does nothing the second time', async () => {
  const held = holding(new Map());
  await keep('streams');
  expect([...held.keys()]).toEqual(types);
  for (const configuration of held.values())
    expect(configuration).toMatchObject({ roleArn: 'arn:aws:iam::1:role/optimiser', enabled: true });
  expect(JSON.parse(String(laptop.seen[0]?.body))).toEqual({
    CatalogId: '1',
    DatabaseName: 'silver',
    TableName: 'streams',
    Type: 'compaction',
  });
  await keep('streams');
  expect(written()).toEqual(Array(3).fill('CreateTableOptimizer'));
});

test('brings an optimiser up to date that is off or has other settings', async () => {
  const held = holding(new Map());
  await keep('streams');
  held.set('compaction', { ...held.get('compaction'), enabled: false });
  held.set('retention', { ...held.get('retention'), retentionConfiguration: {} });
  laptop.seen.length = 0;
  await keep('streams');
  expect(written()).toEqual(['UpdateTableOptimizer', 'UpdateTableOptimizer']);
  expect(held.get('compaction')).toMatchObject({ enabled: true });
});

test('runs the deletions as seldom as the stage asks for, also of a table that has optimisers', async () => {
  const held = holding(new Map());
  await keep('streams');
  await glueOptimisers({ ...options, hours: 168 }).keep('streams');
  expect(written().slice(3)).toEqual(['UpdateTableOptimizer', 'UpdateTableOptimizer']);
  const rate = { icebergConfiguration: expect.objectContaining({ runRateInHours: 168 }) };
  expect(held.get('retention')).toMatchObject({ retentionConfiguration: rate });
  expect(held.get('orphan_file_deletion')).toMatchObject({ orphanFileDeletionConfiguration: rate });
});

test('takes an optimiser that another process has just created', async () => {
  laptop.meddle(({ operation }) =>
    failure(operation === 'GetTableOptimizer' ? 'EntityNotFoundException' : 'AlreadyExistsException'),
  );
  await expect(keep('streams')).resolves.toBeUndefined();
});

test('throws what else goes wrong', async () => {
  laptop.meddle(() => failure('AccessDeniedException'));
  await expect(keep('streams')).rejects.toThrow('no');
});
