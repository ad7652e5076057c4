/** Names of what one stage deploys, as `serverless.yml` and `resources/` make them from the stage; a test compares them. */

/** The stack of a stage; the names of its resources begin with it. */
export const stackOf = (stage: string): string => `soundcheck-${stage}`;

/** The stack that a ledger's table belongs to. */
export const stackOfLedger = (ledgerTable: string): string => ledgerTable.replace(/-ledger$/, '');

/** The table of KPI items of a stack. */
export const kpiTable = (stack: string): string => `${stack}-kpis`;

/** A function of a stack. */
export const functionName = (stack: string, name: string): string => `${stack}-${name}`;
