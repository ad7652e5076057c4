import { validateField } from '../../../../functions/validation/fields/check.ts';
import type { Field } from '../../../../functions/validation/fields/field.ts';
import { fieldPath, type PathStep } from '../../../../functions/validation/fields/path.ts';
import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';

/** A slow validate of JSON records by way of JSON.parse, to compare the fast one with. */

type Tree = string | boolean | null | Tree[] | { [key: string]: Tree };

const [isNumber, isString] = ['#', '$'];
const token = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g;
const wide = /[\ud800-\udbff][\udc00-\udfff]/g;

/** A text as a tree whose strings begin with $ and whose numbers are strings that begin with #; undefined when it is rejected. */
const parse = (text: string): Tree | undefined => {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let keys = 0;
  const tagged = text.replace(token, (found, at: number) => {
    if (found[0] !== '"') return `"${isNumber}${found}"`;
    if (/^\s*:/.test(text.slice(at + found.length))) keys++;
    return `"${isString}${found.slice(1)}`;
  });
  const tree: Tree = JSON.parse(tagged);
  const texts = allTexts(tree);
  const isOdd =
    texts.some((one) => one.includes('\0') || /[\ud800-\udfff]/.test(one.replace(wide, ''))) ||
    keysIn(tree) !== keys ||
    depthOf(tree) > 64;
  return isOdd ? undefined : tree;
};

const childrenOf = (tree: Tree): Tree[] =>
  typeof tree === 'object' && tree !== null ? Object.values(tree) : [];

const allTexts = (tree: Tree): string[] => {
  if (typeof tree === 'string') return [tree];
  const own = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? Object.keys(tree) : [];
  return [...own, ...childrenOf(tree).flatMap(allTexts)];
};

const keysIn = (tree: Tree): number =>
  (typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? Object.keys(tree).length : 0) +
  childrenOf(tree).reduce((sum: number, child) => sum + keysIn(child), 0);

const depthOf = (tree: Tree): number =>
  typeof tree === 'object' && tree !== null ? 1 + Math.max(0, ...childrenOf(tree).map(depthOf)) : 0;

/** Rules that a record breaks, each as `rule` or `rule:column`, in no order. */
export const recordViolations = (bytes: Buffer, manifest: Manifest): string[] => {
  if (bytes.length === 0) return ['blank_line'];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return ['encoding'];
  }
  const tree = parse(text);
  if (tree === undefined) return ['json'];
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return ['record'];
  const fields = manifest.fields.map((field) => ({ field, steps: fieldPath(field.name) }));
  return objectViolations(tree, fields, manifest, '', false);
};

type Places = readonly { readonly field: Field; readonly steps: readonly PathStep[] }[];

const objectViolations = (
  tree: { [key: string]: Tree },
  places: Places,
  manifest: Manifest,
  path: string,
  inArray: boolean,
): string[] => {
  const known = new Set(places.map(({ steps }) => isString + steps[0]?.key));
  const unknown = Object.keys(tree).filter((key) => !known.has(key));
  const rejected = manifest.unknown_fields === 'reject' ? unknown : [];
  const violations = [...known].flatMap((tagged) => {
    const own = places.filter(({ steps }) => isString + steps[0]?.key === tagged);
    const isThere = Object.hasOwn(tree, tagged);
    if (!isThere && manifest.fields_required) return [`missing_column:${path}${stepName(own, true)}`];
    return memberViolations(isThere ? tree[tagged] : undefined, own, manifest, path + stepName(own), inArray);
  });
  return [...rejected.map(() => 'unknown_column'), ...violations];
};

/** As a missing column it is named without the brackets, unless it holds values. */
const stepName = (places: Places, isMissing = false): string => {
  const [step] = places[0]?.steps ?? [];
  const isValue = places[0]?.steps.length === 1;
  return `${step?.key}${step?.isArray && !(isMissing && !isValue) && !(isMissing && step.isArray) ? '[]' : ''}`;
};

const memberViolations = (
  tree: Tree | undefined,
  places: Places,
  manifest: Manifest,
  path: string,
  inArray: boolean,
): string[] => {
  const [place] = places;
  if (!place?.steps[0]?.isArray) return valueViolations(tree, places, manifest, path, inArray);
  const isValue = place.steps.length === 1;
  if (tree === undefined || tree === null || (Array.isArray(tree) && tree.length === 0)) {
    return isValue && place.field.required ? [`required:${place.field.name}`] : [];
  }
  if (!Array.isArray(tree)) return [`type:${path}`];
  return tree.flatMap((item) => valueViolations(item, places, manifest, path, true));
};

const valueViolations = (
  tree: Tree | undefined,
  places: Places,
  manifest: Manifest,
  path: string,
  inArray: boolean,
): string[] => {
  const [place] = places;
  if (!place) return [];
  const rest = places.map(({ field, steps }) => ({ field, steps: steps.slice(1) }));
  if (place.steps.length === 1) return leafViolations(tree, place.field);
  if (typeof tree === 'object' && tree !== null && !Array.isArray(tree)) {
    return objectViolations(tree, rest, manifest, `${path}.`, inArray);
  }
  if (tree === undefined || (tree === null && !inArray)) return absentViolations(rest);
  return [`type:${path}`];
};

/** Nothing stands where an object would: all that it has to hold is missing, but an array of objects may be empty. */
const absentViolations = (places: Places): string[] =>
  places
    .filter(({ steps }) => !steps.some(({ isArray }, at) => isArray && at < steps.length - 1))
    .filter(({ field }) => field.required)
    .map(({ field }) => `required:${field.name}`);

const leafViolations = (tree: Tree | undefined, field: Field): string[] => {
  if (tree === undefined || tree === null || tree === isString)
    return field.required ? [`required:${field.name}`] : [];
  const { kind } = field.type;
  const isNumeric = kind === 'int' || kind === 'decimal' || kind === 'float';
  const tag = isNumeric ? isNumber : isString;
  const isRight = kind === 'bool' ? typeof tree === 'boolean' : typeof tree === 'string' && tree[0] === tag;
  if (!isRight) return [`type:${field.name}`];
  const violation = validateField(field).violation(typeof tree === 'string' ? tree.slice(1) : String(tree));
  return violation ? [`${violation.rule}:${field.name}`] : [];
};
