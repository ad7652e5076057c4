import * as z from 'zod';
import { ServiceError } from '../protocol.ts';

const Place = z.object({
  CatalogId: z.string(),
  DatabaseName: z.string(),
  TableName: z.string(),
  Type: z.enum(['compaction', 'retention', 'orphan_file_deletion']),
});
const Change = Place.extend({ TableOptimizerConfiguration: z.record(z.string(), z.unknown()) });
type Place = z.infer<typeof Place>;

type Operations = Readonly<Record<string, (input: object) => Record<string, unknown>>>;

/** Glue's optimisers of tables, as far as they can be set and read: the laptop's tables are small and need none. */
export const tableOptimisers = (
  parse: <Input>(schema: z.ZodType<Input>, input: object) => Input,
): Operations => {
  const held = new Map<string, unknown>();
  const idOf = ({ CatalogId, DatabaseName, TableName, Type }: Place): string =>
    [CatalogId, DatabaseName, TableName, Type].join('/');
  const missing = (id: string) =>
    new ServiceError('EntityNotFoundException', `Table optimizer ${id} not found.`);
  return {
    GetTableOptimizer: (input) => {
      const place = parse(Place, input);
      const configuration = held.get(idOf(place));
      if (configuration === undefined) throw missing(idOf(place));
      return { ...place, TableOptimizer: { type: place.Type, configuration } };
    },
    CreateTableOptimizer: (input) => {
      const { TableOptimizerConfiguration, ...place } = parse(Change, input);
      if (held.has(idOf(place)))
        throw new ServiceError('AlreadyExistsException', `Table optimizer ${idOf(place)} already exists.`);
      held.set(idOf(place), TableOptimizerConfiguration);
      return {};
    },
    UpdateTableOptimizer: (input) => {
      const { TableOptimizerConfiguration, ...place } = parse(Change, input);
      if (!held.has(idOf(place))) throw missing(idOf(place));
      held.set(idOf(place), TableOptimizerConfiguration);
      return {};
    },
  };
};
