import type { Clock, Ledger } from '../../ports.ts';

/** One mart migrates at a time: statements of two marts at once could create the same schema, table or role twice. */

const turn = 'migration/gold';

/** Takes the turn; false while another mart has it and is at work. A turn whose migration is over is free. */
export const takeTurn = async (
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  mart: string,
): Promise<boolean> => {
  const lease = await ledger.leases.find(turn);
  if (lease.holder === mart) return true;
  if (lease.holder !== undefined) {
    const other = await ledger.migrations.find(lease.holder);
    if (other?.state === 'open' || other?.state === 'sent') return false;
    await ledger.leases.release(lease);
  }
  const { holder: _, ...free } = lease;
  return (await ledger.leases.acquire(free, mart, clock.now())) !== undefined;
};

/** Gives the turn back after the mart's last statement has ended. */
export const endTurn = async ({ leases }: Pick<Ledger, 'leases'>, mart: string): Promise<void> => {
  const lease = await leases.find(turn);
  if (lease.holder === mart) await leases.release(lease);
};
