import type { JsonPath } from './paths.ts';

/** An open object or array; of an object, the key that was read last. */
type Level = { readonly isArray: boolean; key: string | undefined; isKeyNext: boolean };

/** Where in a body a reader is. It does not check that the body is JSON. */
export class Levels {
  private readonly levels: Level[] = [];

  constructor(private readonly path: JsonPath) {}

  get isClosed(): boolean {
    return this.levels.length === 0;
  }

  /** True if the next text is a key. */
  get isKeyNext(): boolean {
    return this.levels.at(-1)?.isKeyNext === true;
  }

  /** True if the value that begins now is at the path. */
  get isAtPath(): boolean {
    return (
      this.levels.length === this.path.length &&
      this.levels.every(({ isArray, key }, depth) => !isArray && key === this.path[depth])
    );
  }

  open(isArray: boolean): void {
    this.levels.push({ isArray, key: undefined, isKeyNext: !isArray });
  }

  close(): void {
    this.levels.pop();
  }

  comma(): void {
    const level = this.levels.at(-1);
    if (level && !level.isArray) level.isKeyNext = true;
  }

  named(key: string): void {
    const level = this.levels.at(-1);
    if (!level) return;
    level.key = key;
    level.isKeyNext = false;
  }
}
