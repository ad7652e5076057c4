import { stampIfCurrent } from './sources.cjs';

export { isAsMade, rememberSources, statesOf } from './sources.cjs';

/** Whether a record matches these settings and the current sources. */
export const isUpToDate = (record: string, stamp: string): boolean => stampIfCurrent(record) === stamp;
