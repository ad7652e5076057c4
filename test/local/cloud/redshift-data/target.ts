/** The warehouse that statements are sent to. */
export const target = { WorkgroupName: 'app', Database: 'warehouse' };

/** A statement that outlasts any test. */
export const slow = 'select count(*) from range(1000000) as a, range(1000000) as b';
