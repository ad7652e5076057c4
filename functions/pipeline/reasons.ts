/** Why accepted files of a dataset wait whose manifest landed before its SQL was deployed. */
export const lacksSilver = (dataset: string): string => `waits until sql/silver/${dataset}.sql is deployed`;
