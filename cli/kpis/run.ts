import { kpisMadeOf, latestKpis } from '../../functions/pipeline/index.ts';
import { answer, inParts } from '../output/answer.ts';
import { kpiLines } from '../output/kpi-lines.ts';
import { nextCommand } from '../output/next-command.ts';
import { martNamed } from '../target/mart-named.ts';
import { onTarget, type TargetFlags } from '../target/target.ts';

export type KpisFlags = TargetFlags & { readonly limit: string };

/** Shows KPI items of one mart, or of all. */
export const showKpis = async (name: string | undefined, flags: KpisFlags): Promise<void> => {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new Error('--limit must be a whole number from 1');
  await onTarget(flags, async (target) => {
    const all = await target.marts();
    const marts = name === undefined ? all : [martNamed(all, name)];
    const kpis = await Promise.all(
      marts.map((mart) => latestKpis(target, mart, kpisMadeOf(mart, mart.datasets), limit)),
    );
    const more = (mart: string): string => nextCommand('kpis', mart, '--limit', String(limit * 10));
    const lines = kpis.map((one) =>
      one.rebuild === undefined ? [`${one.mart}: no KPIs are published yet`] : kpiLines(one, more(one.mart)),
    );
    answer(flags, { marts: kpis }, inParts(...lines));
  });
};
