/** The folder of a laptop cloud: whether a folder is one, and the lock that lets one process use it. */

export { expectBegun, expectState } from './folder.ts';
export { lockState, StateIsLocked } from './lock.ts';
