/** Names of the resources of a stage, as in `serverless.yml` and `resources/`; a test compares them. */

/** The stack of a stage; the names of its resources begin with it. */
export const stackOf = (stage: string): string => `soundcheck-${stage}`;

/** The stack of a ledger's table. */
export const stackOfLedger = (ledgerTable: string): string => ledgerTable.replace(/-ledger$/, '');

/** The KPI table of a stack. */
export const kpiTable = (stack: string): string => `${stack}-kpis`;

/** A function of a stack. */
export const functionName = (stack: string, name: string): string => `${stack}-${name}`;
