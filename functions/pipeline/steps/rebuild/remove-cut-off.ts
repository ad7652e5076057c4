import {
  type KpiRows,
  possibleKeys,
  type RebuildSpec,
  type Stamp,
  sequenceBefore,
  shapeItems,
} from '../../../warehouse/index.ts';
import type { Kpis } from '../../ports.ts';

/**
 * Takes away what publications that failed have written in their generations: this rebuild, which comes after them, has an
 * item for each in a newer one. Whatever of it is not there stays so.
 */
export const removeCutOff = async (
  kpis: Kpis,
  { kpis: models, unshown, ...stamp }: Stamp & Pick<RebuildSpec, 'kpis' | 'unshown'>,
  rows: KpiRows,
): Promise<void> => {
  for (const generation of unshown) {
    const asIfBefore = new Map(
      [...rows].map(([model, all]) => [model, all.map((row) => ({ ...row, [sequenceBefore]: generation }))]),
    );
    const shaped = models.flatMap(({ model, shapes }) =>
      shapes
        .filter(({ publish }) => publish === 'latest')
        .flatMap((shape) => shapeItems(asIfBefore, model, shape, stamp)),
    );
    await kpis.remove(possibleKeys(shaped.flatMap(({ before }) => before ?? [])));
  }
};
