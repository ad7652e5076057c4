/**
 * The folder of a laptop cloud: whether a folder is one, the lock that only one process can hold, what damage of a file is, and how
 * files in it are written so that a full disk damages none. Start with `folder.ts`.
 */

export { DamagedState } from './damage.ts';
export { StateNotWritable, stateNotWritable } from './disk-failure.ts';
export { expectBegun, expectState } from './folder.ts';
export { lockState, StateIsLocked } from './lock.ts';
export { type LogFile, openLogFile } from './log-file.ts';
export { writeWhole } from './whole-file.ts';
