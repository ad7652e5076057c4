import { findSpark } from '../../../../local/engines/spark/installation.ts';
import { openSparkJobs } from '../../../../local/engines/spark/jobs.ts';
import { runOf } from './job-runs.ts';

/** Runs a job that never ends and tells the process that it works in. */
const [, , folder = '', scripts = ''] = process.argv;
const installation = findSpark();
if (!installation) throw new Error('Spark is not set up');
const jobs = openSparkJobs({ installation, folder, scripts, environment: {} });
const run = runOf('linger in Java');
void jobs.execute(run);
console.log(await run.process);
