/** The files that a page of documentation gives: each code block below a line that ends with the file's name in backticks. */
export const exampleFiles = (page: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...page.matchAll(/`([\w./-]+\.(?:json|dqdl|sql|csv))`:?\n\n```\w*\n(.*?)^```$/gms)].map(
      ([, path = '', text = '']) => [path, text],
    ),
  );

/** True for those of them that land; the others belong to the project. */
export const isLanded = (path: string): boolean => path.endsWith('.csv');
