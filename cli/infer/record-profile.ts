import { ColumnProfile } from './column-profile.ts';
import { type JsonLeaf, leafOf } from './json-records.ts';
import { apartPaths, keyProblem, placeProblem, shownKey, type Unnamed } from './unnamed.ts';

/** A path of JSON records, such as `address.city` or `items[].price`, and statistics of its values. */
export type PathProfile = {
  readonly profile: ColumnProfile;
  /** Number of values of each JSON kind. */
  readonly kinds: Map<JsonLeaf['kind'], number>;
  /** The array whose elements hold it; undefined if a record holds it once. */
  readonly array: string | undefined;
  /** It is always one key of the record, even if that key has points. */
  isKey: boolean;
  /** A key with points in its name stands for some of its steps. */
  isDotted: boolean;
  /** The last object that held it, and how many objects held it twice: as one key, and as nested keys. */
  holder: number;
  twice: number;
};

/** The position of a walk through a record. */
type Place = {
  /** The path so far, with a point at its end. */
  readonly prefix: string;
  readonly array: string | undefined;
  readonly isDotted: boolean;
};

const root: Place = { prefix: '', array: undefined, isDotted: false };
/** The largest number that a manifest allows. */
const mostPaths = 2000;
const mostBeyond = 1000;
/** A larger share of such records is more than a few mistakes. */
const usualShare = 0.05;

/** Profiles of the paths of a dataset's records, over all files. */
export class RecordProfile {
  rows = 0;
  private readonly places = new Map<string, string>();
  private readonly paths = new Map<string, PathProfile>();
  /** Paths where objects and arrays were found. */
  private readonly outer = new Set<string>();
  /** Elements of each array, and the number of records with elements. */
  private readonly elements = new Map<string, number>();
  private readonly filled = new Map<string, number>();
  /** Objects that hold each value once: records, and elements of arrays. */
  private holders = 0;
  private holder = 0;

  readonly onRecord = (record: object): void => {
    this.rows++;
    this.holder = ++this.holders;
    this.addObject(record, root);
  };

  endFile(): void {
    for (const path of this.paths.values()) {
      path.profile.endFile();
      // A missing key is as empty as a null.
      path.profile.empty = Math.max(path.profile.empty, this.holdersOf(path) - path.profile.values);
    }
  }

  /** There are too many paths for a table. */
  get areTooMany(): boolean {
    return this.paths.size > mostPaths;
  }

  /** The paths that fields can read, in the order in which records first name them. */
  get columns(): readonly PathProfile[] {
    const left = new Set(this.beyond.map(({ name }) => name));
    return this.filledPaths.filter(({ profile: { name } }) => !left.has(name));
  }

  /** Places that a manifest cannot name, such as arrays in arrays, or not together with the others. */
  get beyond(): readonly Unnamed[] {
    const paths = this.filledPaths;
    const twice = paths.filter(({ twice }) => twice > this.rows * usualShare);
    const odd = paths.flatMap(({ profile: { name } }) => {
      const why = placeProblem(name);
      return why === undefined ? [] : [{ name, why }];
    });
    const out = new Set([...odd.map(({ name }) => name), ...twice.map(({ profile: { name } }) => name)]);
    const rest = paths.filter(({ profile: { name } }) => !out.has(name));
    return [
      ...[...this.places].map(([name, why]) => ({ name, why })),
      ...this.hollow(paths).map((name) => ({ name, why: 'holds no value in any record' })),
      ...odd,
      ...twice.map(({ profile: { name } }) => ({
        name,
        why: 'is named twice in a record, by one key and by nested keys',
      })),
      ...apartPaths(
        rest.map(({ profile: { name, values }, isDotted }) => ({ path: name, values, isDotted })),
      ),
    ];
  }

  /** The profile of a path; undefined if no record has it. */
  at(path: string): PathProfile | undefined {
    return this.paths.get(path);
  }

  /** Whether every record has a value there; below an array of objects, whether every element has. */
  isComplete({ profile, array }: PathProfile): boolean {
    const isFilled = array !== profile.name || this.filled.get(array) === this.rows;
    return profile.values > 0 && profile.values === this.holdersOf({ array }) && isFilled;
  }

  /** The number of records, or of elements of the array, that can hold a value. */
  private holdersOf({ array }: Pick<PathProfile, 'array'>): number {
    return array === undefined ? this.rows : (this.elements.get(array) ?? 0);
  }

  /** Without places that were null wherever they held no object. */
  private get filledPaths(): readonly PathProfile[] {
    return [...this.paths.values()].filter(
      ({ profile: { name, values } }) => values > 0 || !this.outer.has(name),
    );
  }

  /** The outermost objects and arrays without any value in them. */
  private hollow(paths: readonly PathProfile[]): readonly string[] {
    const known = [...paths.map(({ profile: { name } }) => name), ...this.places.keys()];
    const full = new Set(known.flatMap((name) => [name, ...outersOf(name)]));
    const hollow = [...this.outer].filter((name) => !full.has(name));
    return hollow.filter((name) => !outersOf(name).some((outer) => hollow.includes(outer)));
  }

  private addObject(object: object, place: Place): void {
    const { prefix } = place;
    for (const [key, value] of Object.entries(object)) {
      const problem = keyProblem(key);
      if (problem !== undefined) this.addBeyond(prefix + shownKey(key), problem);
      else this.add(value, prefix + key, key.includes('.') ? { ...place, isDotted: true } : place);
    }
  }

  private add(value: unknown, path: string, place: Place): void {
    const leaf = leafOf(value);
    if (leaf) this.addLeaf(leaf, path, place);
    else if (Array.isArray(value)) {
      this.outer.add(path);
      this.addElements(value, `${path}[]`, place);
    } else {
      this.outer.add(path);
      const problem = placeProblem(`${path}.x`);
      if (problem !== undefined) this.addBeyond(path, problem);
      else this.addObject(Object(value), { ...place, prefix: `${path}.` });
    }
  }

  private addElements(values: readonly unknown[], path: string, place: Place): void {
    if (place.array !== undefined) {
      this.addBeyond(path, 'goes through more than one array');
      return;
    }
    this.elements.set(path, (this.elements.get(path) ?? 0) + values.length);
    if (values.length === 0) this.pathOf(path, { ...place, array: path });
    else this.filled.set(path, (this.filled.get(path) ?? 0) + 1);
    const { holder } = this;
    for (const value of values) {
      this.holder = ++this.holders;
      this.add(value, path, { ...place, array: path });
    }
    this.holder = holder;
  }

  private addLeaf({ kind, text }: JsonLeaf, path: string, place: Place): void {
    const known = this.pathOf(path, place);
    if (known.holder === this.holder) known.twice++;
    known.holder = this.holder;
    known.profile.add(text);
    if (text !== '') known.kinds.set(kind, (known.kinds.get(kind) ?? 0) + 1);
  }

  private addBeyond(place: string, why: string): void {
    if (this.places.size < mostBeyond) this.places.set(place, why);
  }

  private pathOf(path: string, { prefix, array, isDotted }: Place): PathProfile {
    const known = this.paths.get(path);
    if (known) {
      known.isKey &&= prefix === '';
      known.isDotted ||= isDotted;
      return known;
    }
    const fresh: PathProfile = {
      ...{ profile: new ColumnProfile(path), kinds: new Map(), array },
      ...{ isKey: prefix === '', isDotted, holder: 0, twice: 0 },
    };
    this.paths.set(path, fresh);
    return fresh;
  }
}

/** The places that contain a path: `items` and `items[]` for `items[].price`. */
const outersOf = (path: string): readonly string[] =>
  [...path.matchAll(/\[\]|\./g)].map(({ index }) => path.slice(0, index));
