import { bytesOfName, mostKept, mostNameBytes } from '../column-names.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type LeafShape, leavesOf, type ObjectShape } from './shape.ts';
import type { RecordViolations } from './violations.ts';

const [mostDrift, longestShown] = [20, 100];

/** Which columns the records of a file name, known and unknown ones. */
export class JsonColumns {
  /** Paths in the order in which they first occurred. */
  readonly names: string[] = [];
  private readonly added: string[] = [];
  private addedBytes = 0;
  private readonly manifest: Manifest;
  private readonly root: ObjectShape;
  private readonly violations: RecordViolations;

  constructor(manifest: Manifest, root: ObjectShape, violations: RecordViolations) {
    this.manifest = manifest;
    this.root = root;
    this.violations = violations;
  }

  /** Says that there are more unknown keys, or longer ones, than anyone means as columns. */
  get excess(): string | undefined {
    const which = 'keys that the manifest does not name';
    if (this.added.length > mostKept) return `has more than ${mostKept} ${which}`;
    return this.addedBytes > mostNameBytes
      ? `has ${which}, which take more than ${mostNameBytes} bytes together`
      : undefined;
  }

  seen(leaf: LeafShape): void {
    leaf.isSeen = true;
    this.names.push(leaf.field.from);
  }

  /** Receives a key of an object that the manifest does not name there. */
  unknown(object: ObjectShape, key: string, element: number): void {
    const { unknown_fields, fields } = this.manifest;
    if (unknown_fields === 'reject') {
      const value = fields.some(({ pii }) => pii) ? undefined : object.path + key;
      const subject = value === undefined ? { subject: 'a key of the record' } : {};
      const says = 'is a key that the manifest does not name';
      this.violations.add({ rule: 'unknown_column', element, value, ...subject, says });
    } else if (!object.unknown.has(key) && this.excess === undefined) {
      object.unknown.add(key);
      this.added.push(object.path + key);
      this.addedBytes += bytesOfName(object.path + key);
      this.names.push(object.path + key);
    }
  }

  /** How the columns differ from the manifest's in ways that the manifest allows. */
  get drift(): readonly string[] {
    const kept = this.manifest.unknown_fields === 'text' ? 'kept as text' : 'ignored';
    const absent = leavesOf(this.root).filter(({ isSeen }) => !isSeen);
    return [
      ...this.added.map((name) => `new column ${shortened(name)}, ${kept}`),
      ...absent.map(({ field }) => `column ${shortened(field.from)} is missing, taken as empty`),
    ].slice(0, mostDrift);
  }
}

const shortened = (name: string): string => JSON.stringify(name.slice(0, longestShown));
