/** Where something stands: a file, relative to the root, and the path of names inside it. */
export type Place = { readonly file: string; readonly path: string };

/** The template cannot be read; the message begins with the file and the path that are to be repaired. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  constructor(
    readonly place: Place,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${place.file}${place.path === '' ? '' : ` at ${place.path}`}: ${reason}`, options);
  }
}

/** The place of a member of what stands at a place. */
export const below = ({ file, path }: Place, name: string | number): Place => ({
  file,
  path: path === '' ? String(name) : `${path}.${name}`,
});
