/** Levels of JSON that AWS's own parser reads (`StreamReadConstraints` of Jackson); recursion stays within the stack, too. */
const deepest = 1_000;

/** A text that is no JSON, or nested deeper than any service reads. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
  constructor(
    message: string,
    readonly isTooDeep = false,
  ) {
    super(message);
  }
}

/** Parses JSON of any origin; throws `JsonProblem`. */
export const parseJson = (text: string): unknown => {
  expectShallow(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new JsonProblem(cause instanceof Error ? cause.message : String(cause));
  }
};

/** Whether a value is an object with named members. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const [quote, backslash, openList, closeList, openObject, closeObject] = [...'"\\[]{}'].map((character) =>
  character.charCodeAt(0),
);

const expectShallow = (text: string): void => {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === backslash) at++;
      else if (code === quote) isText = false;
    } else if (code === quote) isText = true;
    else if (code === openList || code === openObject) {
      if (++depth > deepest) throw new JsonProblem(`It is nested more than ${deepest} levels deep`, true);
    } else if (code === closeList || code === closeObject) depth--;
  }
};
