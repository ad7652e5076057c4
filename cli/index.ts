/** The `soundcheck` command. Start with `soundcheck.ts`; one folder for each command, `target/` finds the cloud that it speaks to. */

export { contentOf } from './check/content.ts';
