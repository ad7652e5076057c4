import { datasets, engine, marts, target } from '#catalog';
import { Catalog, SilverCatalog } from '../pipeline/index.ts';

/** The SQL, rules and models that were rendered when this function was packaged. */
export const packagedCatalog = (): Catalog => Catalog.parse({ engine, target, datasets, marts });

/** The part of it about silver; the bundle of a function that needs no more has no models. */
export const packagedSilver = (): SilverCatalog => SilverCatalog.parse({ engine, datasets });
