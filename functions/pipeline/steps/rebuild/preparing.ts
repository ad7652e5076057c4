import type { RebuildSpec } from '../../../warehouse/index.ts';
import type { Clock, Ledger, Warehouse } from '../../ports.ts';
import type { RebuildRecord } from '../../records/rebuild.ts';
import { statementName } from './rebuilding.ts';

/** Transactions of a rebuild before its last one, sent one after another while the rebuild is open. */

type Ports = {
  readonly ledger: Ledger;
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly name: string;
};

/** Whether all of them are committed, and the rebuild's record; no record if another process has changed it. */
export type Prepared = { readonly isDone: boolean; readonly rebuild: RebuildRecord | undefined };

/** Sends the next one after the one before it is committed; a second caller gets the first one's statement. */
export const prepareRebuild = async (
  ports: Ports,
  rebuild: RebuildRecord,
  { before }: Pick<RebuildSpec, 'before'>,
): Promise<Prepared> => {
  const sent = before.findIndex(({ step }) => step === rebuild.step);
  if (sent >= 0 && (await stateOf(ports, rebuild)) !== 'finished') return { isDone: false, rebuild };
  const next = before[sent + 1];
  if (!next) return { isDone: true, rebuild };
  const amended = await sendStep(ports, rebuild, next);
  return amended ? prepareRebuild(ports, amended, { before }) : { isDone: false, rebuild: undefined };
};

const stateOf = async ({ warehouse }: Ports, { statement_id = '' }: RebuildRecord) =>
  (await warehouse.statement(statement_id))?.state;

const sendStep = async (
  { ledger, warehouse, clock, name }: Ports,
  rebuild: RebuildRecord,
  { step, statements }: RebuildSpec['before'][number],
): Promise<RebuildRecord | undefined> => {
  const own = statementName(name, rebuild, step);
  const known = await warehouse.find(own);
  const statement_id = known?.id ?? (await warehouse.send(own, `${rebuild.id}.${step}`, statements));
  return ledger.rebuilds.amend(rebuild, { step, statement_id, sent_at: clock.now() });
};

/** The transaction of a rebuild that was sent last. */
export const sentBatch = (
  { state, step }: Pick<RebuildRecord, 'state' | 'step'>,
  spec: RebuildSpec,
): Pick<RebuildSpec, 'statements' | 'paths'> =>
  (state === 'open' ? spec.before.find((batch) => batch.step === step) : undefined) ?? spec;

/** True if gold was committed before the transaction that was sent last. */
export const isGoldBefore = ({ state }: Pick<RebuildRecord, 'state'>, { before }: RebuildSpec): boolean =>
  state === 'sent' && before.some(({ step }) => step === 'gold');
