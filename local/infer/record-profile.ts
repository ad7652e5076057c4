import { ColumnProfile } from './column-profile.ts';
import { type JsonLeaf, leafOf } from './json-records.ts';

/** A path of JSON records, such as `address.city` or `items[].price`, and what its values have shown. */
export type PathProfile = {
  readonly profile: ColumnProfile;
  /** Number of values of each kind of JSON. */
  readonly kinds: Map<JsonLeaf['kind'], number>;
  /** The array whose elements hold it; undefined for what a record holds once. */
  readonly array: string | undefined;
};

/** Profiles of the paths of a dataset's records, over all of its files. */
export class RecordProfile {
  rows = 0;
  /** Places that no manifest can name, such as arrays in arrays. */
  readonly beyond = new Set<string>();
  private readonly paths = new Map<string, PathProfile>();
  /** Elements of each array, and the records in which it has any. */
  private readonly elements = new Map<string, number>();
  private readonly filled = new Map<string, number>();

  readonly onRecord = (record: object): void => {
    this.rows++;
    this.addObject(record, '', undefined);
  };

  endFile(): void {
    for (const { profile } of this.paths.values()) profile.endFile();
  }

  /** In the order in which records name them first; places that were null wherever they held no object are left out. */
  get columns(): readonly PathProfile[] {
    const names = [...this.paths.keys()];
    const isInner = (name: string): boolean =>
      names.some((other) => other.startsWith(`${name}.`) || other.startsWith(`${name}[]`));
    return [...this.paths.values()].filter(({ profile }) => profile.values > 0 || !isInner(profile.name));
  }

  /** Whether every record has a value there; below an array of objects, whether every element has. */
  isComplete({ profile, array }: PathProfile): boolean {
    const isFilled = array !== profile.name || this.filled.get(array) === this.rows;
    const holders = array === undefined ? this.rows : (this.elements.get(array) ?? 0);
    return profile.values > 0 && profile.values === holders && isFilled;
  }

  private addObject(object: object, prefix: string, array: string | undefined): void {
    for (const [key, value] of Object.entries(object)) {
      if (key === '' || /[.[\]]/.test(key)) this.beyond.add(prefix + key);
      else this.add(value, prefix + key, array);
    }
  }

  private add(value: unknown, path: string, array: string | undefined): void {
    const leaf = leafOf(value);
    if (leaf) this.addLeaf(leaf, path, array);
    else if (!Array.isArray(value)) this.addObject(Object(value), `${path}.`, array);
    else if (array !== undefined) this.beyond.add(`${path}[]`);
    else this.addElements(value, `${path}[]`);
  }

  private addElements(values: readonly unknown[], path: string): void {
    this.elements.set(path, (this.elements.get(path) ?? 0) + values.length);
    if (values.length === 0) this.pathOf(path, path);
    else this.filled.set(path, (this.filled.get(path) ?? 0) + 1);
    for (const value of values) this.add(value, path, path);
  }

  private addLeaf({ kind, text }: JsonLeaf, path: string, array: string | undefined): void {
    const { profile, kinds } = this.pathOf(path, array);
    profile.add(text);
    if (text !== '') kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }

  private pathOf(path: string, array: string | undefined): PathProfile {
    const known = this.paths.get(path);
    if (known) return known;
    const fresh: PathProfile = { profile: new ColumnProfile(path), kinds: new Map(), array };
    this.paths.set(path, fresh);
    return fresh;
  }
}
