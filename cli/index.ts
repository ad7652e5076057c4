/**
 * The `soundcheck` command. Start with `soundcheck.ts`; there is one folder per command, and `target/` finds the cloud that a
 * command uses.
 */

export { contentOf } from './check/content.ts';
