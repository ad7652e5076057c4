import { functions, type Store, validationOf } from '../dynalite.ts';
import type { Operation } from '../operations.ts';
import type { Settings } from './settings.ts';

/** UpdateTimeToLive and DescribeTimeToLive. A change is in force at once, and may be changed again at once. */
export const expiryOperations = (store: Store, settings: Settings): Readonly<Record<string, Operation>> => ({
  DescribeTimeToLive: {
    ...validationOf('describeTimeToLive'),
    async run({ TableName }) {
      const table = await expectTable(store, String(TableName));
      const setting = settings.of(table);
      return {
        TimeToLiveDescription: setting
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: setting.attribute }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    },
  },
  UpdateTimeToLive: {
    types: updateTypes,
    async run({ TableName, TimeToLiveSpecification }) {
      const table = await expectTable(store, String(TableName));
      const wanted = TimeToLiveSpecification as { AttributeName: string; Enabled: boolean };
      const problem = problemOf(settings.of(table)?.attribute, wanted);
      if (problem !== undefined) throw functions().validationError(problem);
      if (wanted.Enabled) await settings.put({ table, attribute: wanted.AttributeName, indexedTo: '' });
      else await settings.remove(table);
      return { TimeToLiveSpecification: wanted };
    },
  },
});

/** Brings a table to the setting of the template. */
export const applySetting = async (settings: Settings, table: string, attribute?: string): Promise<void> => {
  if (settings.of(table)?.attribute === attribute) return;
  await settings.remove(table);
  if (attribute !== undefined) await settings.put({ table, attribute, indexedTo: '' });
};

const updateTypes = {
  TableName: {
    type: 'String',
    notNull: true,
    regex: '[a-zA-Z0-9_.-]+',
    lengthGreaterThanOrEqual: 3,
    lengthLessThanOrEqual: 255,
  },
  TimeToLiveSpecification: {
    type: 'FieldStruct<TimeToLiveSpecification>',
    notNull: true,
    children: {
      AttributeName: {
        type: 'String',
        notNull: true,
        lengthGreaterThanOrEqual: 1,
        lengthLessThanOrEqual: 255,
      },
      Enabled: { type: 'Boolean', notNull: true },
    },
  },
};

const problemOf = (
  current: string | undefined,
  { AttributeName, Enabled }: { readonly AttributeName: string; readonly Enabled: boolean },
): string | undefined => {
  if (current === undefined) return Enabled ? undefined : 'TimeToLive is already disabled';
  if (current !== AttributeName)
    return `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`;
  return Enabled ? 'TimeToLive is already enabled' : undefined;
};

const expectTable = (store: Store, name: string): Promise<string> =>
  new Promise((resolve, reject) => {
    store.getTable(name, false, (error) => (error ? reject(error) : resolve(name)));
  });
