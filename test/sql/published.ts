import { shapeItems } from '../../functions/warehouse/kpis/items.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import type { Row } from './warehouse.ts';

type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

/** A model of the KPI table: what readers see after any number of rebuilds were published. */
export type PublishedKpis = {
  publish(mart: Mart, seq: number, rows: ReadonlyMap<string, Row[]>): void;
  /** Measures by `"<pk> <sk>"`, without versions, sequences and stamps; what counts zero is left out. */
  visible(): Map<string, Row>;
};

/** An empty KPI table. */
export const publishedKpis = (): PublishedKpis => {
  const items = new Map<string, Item>();
  return {
    publish: ({ models }, seq, rows) => {
      const stamp = { rebuild: `r${seq}`, seq, as_of: '2024-07-01T00:00:00.000Z' };
      for (const model of models.filter(({ kind }) => kind === 'kpi'))
        for (const shape of model.kind === 'kpi' ? model.kpi : [])
          for (const { item } of shapeItems(rows, model.name, shape, stamp)) {
            const key = shape.publish === 'latest' ? item.pk : `${item.pk} ${item.sk}`;
            if (Number(items.get(key)?.seq ?? -1) < seq || shape.publish === 'versioned')
              items.set(key, item);
          }
    },
    visible: () => new Map([...items.values()].flatMap((item) => entryOf(item, items))),
  };
};

const entryOf = (item: Item, items: ReadonlyMap<string, Item>): [string, Row][] => {
  const { pk, sk, version, seq, as_of, rebuild, ...measures } = item;
  if (Number(measures.listens ?? measures.purchases) === 0) return [];
  const [kind, name, itemVersion] = pk.split('#');
  if (kind === 'LISTENER') return [[pk, measures]];
  if (itemVersion === undefined) return [[`${pk} ${sk}`, measures]];
  const isCurrent = items.get(`${kind}#${name} CURRENT`)?.version === itemVersion;
  return isCurrent ? [[`${kind}#${name} ${sk}`, measures]] : [];
};
