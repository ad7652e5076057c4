import { readFile } from 'node:fs/promises';
import { exampleFiles, isLanded } from './example-files.ts';

const likes = exampleFiles(await readFile('docs/add-a-dataset.md', 'utf8'));

/** The files that docs/add-a-dataset.md adds to a project. */
export const readmeDataset = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(Object.entries(likes).filter(([path]) => !isLanded(path)));

/** The rows that land in it. */
export const landedLikes = likes['likes1.csv'] ?? '';
