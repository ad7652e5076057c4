import type { Validation } from './dynalite.ts';

type Selection = {
  readonly Select?: string;
  readonly IndexName?: string;
  readonly ProjectionExpression?: string;
  readonly AttributesToGet?: readonly string[];
};

/** Makes dynalite check what a query or a scan is to answer with; `reads` are their rules. */
export const limitSelections = (reads: readonly Validation[]): void => {
  for (const read of reads) {
    const { custom } = read;
    Object.assign(read, {
      custom: (request, store) => custom?.(request, store) ?? selectionProblem(request as Selection),
    } satisfies Partial<Validation>);
  }
};

const selectionProblem = (request: Selection): string | undefined => {
  const { Select, IndexName, ProjectionExpression, AttributesToGet } = request;
  if (Select === undefined) return undefined;
  const given =
    ProjectionExpression === undefined ? AttributesToGet && 'AttributesToGet' : 'ProjectionExpression';
  if (Select === 'SPECIFIC_ATTRIBUTES')
    return given
      ? undefined
      : invalid(`Must specify the AttributesToGet or ProjectionExpression when choosing to get ${Select}`);
  if (given) return invalid(`Cannot specify the ${given} when choosing to get ${Select}`);
  return Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined
    ? invalid(`${Select} can be used only when Querying using an IndexName`)
    : undefined;
};

const invalid = (problem: string): string => `One or more parameter values were invalid: ${problem}`;

/** A scan may ask for consistency, but not of an index that is global; dynalite does not read that it asks. */
export const readConsistency = ({ types }: Validation): void => {
  Object.assign(types, { ConsistentRead: 'Boolean' });
};

/** A delete answers with the item that was there, or with nothing. */
export const limitDeleteAnswers = (deleteItem: Validation): void => {
  const { custom } = deleteItem;
  Object.assign(deleteItem, {
    custom: (request, store) =>
      custom?.(request, store) ??
      (['ALL_OLD', 'NONE', undefined].includes(request.ReturnValues as string | undefined)
        ? undefined
        : 'ReturnValues can only be ALL_OLD or NONE'),
  } satisfies Partial<Validation>);
};
