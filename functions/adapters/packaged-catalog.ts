import rendered from '#catalog';
import { Catalog } from '../pipeline/index.ts';

/** The SQL, rules and models that were rendered when this function was packaged. */
export const packagedCatalog = (): Catalog => Catalog.parse(rendered);
