import { runSoundcheck } from './program.ts';

runSoundcheck(process.argv.slice(2));
