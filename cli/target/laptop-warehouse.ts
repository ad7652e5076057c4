/** The warehouse of a laptop cloud, as the Redshift Data API names it; any name would do. */
export const laptopWarehouse = { warehouse: 'workgroup/laptop', database: 'warehouse' } as const;
