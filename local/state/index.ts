/**
 * The folder of a laptop cloud: whether a folder is one, the lock that only one process can hold, how files in it are written so
 * that a full disk damages none, and what damage of a file is. Start with `folder.ts`.
 */

export { DamagedState } from './damage.ts';
export { StateNotWritable, saysNotWritable, stateNotWritable } from './disk-failure.ts';
export { expectBegun, expectState } from './folder.ts';
export { lockState, StateIsLocked } from './lock.ts';
export { type LogFile, openLogFile } from './log-file.ts';
export { writeWhole } from './whole-file.ts';
