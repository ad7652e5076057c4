/** The folder of a laptop cloud: whether a folder is one, and the lock that only one process can hold. */

export { expectBegun, expectState } from './folder.ts';
export { lockState, StateIsLocked } from './lock.ts';
