import { ColumnProfile } from './column-profile.ts';
import type { RowListener } from './csv-rows.ts';

/** Profiles of the columns of a dataset, over all files. */
export class TableProfile implements RowListener {
  rows = 0;
  private readonly profiles = new Map<string, ColumnProfile>();
  private readonly files = new Map<string, number>();
  private read = 0;
  private current: readonly ColumnProfile[] = [];

  readonly onHeader = (columns: readonly string[]): void => {
    this.read++;
    this.current = columns.map((name) => {
      const profile = this.profiles.get(name) ?? new ColumnProfile(name);
      this.profiles.set(name, profile);
      this.files.set(name, (this.files.get(name) ?? 0) + 1);
      return profile;
    });
  };

  readonly onRow = (texts: readonly string[]): void => {
    this.rows++;
    for (let at = 0; at < texts.length; at++) this.current[at]?.add(texts[at] ?? '');
  };

  endFile(): void {
    for (const profile of this.current) profile.endFile();
  }

  /** In the order in which the files first name them. */
  get columns(): readonly ColumnProfile[] {
    return [...this.profiles.values()];
  }

  /** Whether every file has the column. */
  isEverywhere(name: string): boolean {
    return this.files.get(name) === this.read;
  }
}
