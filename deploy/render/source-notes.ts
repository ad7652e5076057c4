import type { Catalog } from '../../functions/pipeline/index.ts';

/** Notes of `npm run check` on sources that need more than their file says, one line per file. */
export const sourceNotes = ({ datasets }: Pick<Catalog, 'datasets'>): string[] =>
  Object.entries(datasets).flatMap(([dataset, { source }]) =>
    source?.kind === 'postgres' && source.auth.kind === 'secret'
      ? [
          `rules/${dataset}/source.json note: auth: on AWS the secret is read from inside of the network, which has no way to Secrets Manager unless the stage has secretsEndpoint: true; rds_iam needs none (docs/sources.md, "A PostgreSQL database")`,
        ]
      : [],
  );
