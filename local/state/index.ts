/** The folder of a laptop cloud: whether a folder is one, the lock that only one process can hold, and what damage of a file is. */

export { DamagedState } from './damage.ts';
export { expectBegun, expectState } from './folder.ts';
export { lockState, StateIsLocked } from './lock.ts';
