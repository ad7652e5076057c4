import type { Ledger } from '../../functions/pipeline/ports.ts';

/** A port of which a test needs a part only; what it does not name throws when it is called. */
export const partly = <Port>(part: Partial<Port>): Port => part as Port;

/** The ledger with some of its methods replaced. */
export const ledgerWith = (
  ledger: Ledger,
  parts: { readonly [Port in keyof Ledger]?: Partial<Ledger[Port]> },
): Ledger => ({
  files: { ...ledger.files, ...parts.files },
  leases: { ...ledger.leases, ...parts.leases },
  batches: { ...ledger.batches, ...parts.batches },
  rebuilds: { ...ledger.rebuilds, ...parts.rebuilds },
  migrations: { ...ledger.migrations, ...parts.migrations },
  pulls: { ...ledger.pulls, ...parts.pulls },
});
