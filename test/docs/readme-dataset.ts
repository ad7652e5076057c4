import { readFile } from 'node:fs/promises';

const readme = () => readFile('README.md', 'utf8');

/** Code blocks of a section of the README, in order. */
export const readmeBlocks = async (heading: string): Promise<string[]> => {
  const [, section = ''] = (await readme()).split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text = '']) => text);
};

/** The files that its five steps write. */
export const readmeDataset = async (): Promise<Readonly<Record<string, string>>> => {
  const [manifest = '', rules = '', silver = '', staging = '', mart = ''] = await readmeBlocks(
    'Add a dataset in five steps',
  );
  return {
    'rules/likes/manifest.json': manifest,
    'rules/likes/quality.dqdl': rules,
    'sql/silver/likes.sql': silver,
    'sql/staging/stg_likes.sql': staging,
    'sql/marts/liked_tracks.sql': mart,
  };
};
