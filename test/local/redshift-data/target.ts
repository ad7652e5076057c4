/** The warehouse that statements are sent to. */
export const target = { WorkgroupName: 'app', Database: 'warehouse' };
