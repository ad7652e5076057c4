/** A place in a template: a file, relative to the root, and the path of names in it. */
export type Place = { readonly file: string; readonly path: string };

/** The template cannot be read; the message begins with the file and the path that must be corrected. */
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

/** The place of a member. */
export const below = ({ file, path }: Place, name: string | number): Place => ({
  file,
  path: path === '' ? String(name) : `${path}.${name}`,
});
