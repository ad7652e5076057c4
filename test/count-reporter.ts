import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { slowestFiles } from './slowest-files.ts';

/**
 * Prints after everything else: the slowest test files where `SLOWEST=<n>` asks for them, why tests were skipped, and one
 * plain line, "N passed, N failed".
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    const reasons = new Set<string>();
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed++;
        else if (result.state === 'failed') failedHere++;
        else {
          skipped++;
          if (result.state === 'skipped' && result.note)
            reasons.add(`SKIPPED ${test.fullName}: ${result.note}`);
        }
      }
      failed += failedHere;
      if (module.state() === 'failed' && failedHere === 0) failed++;
    }
    const slowest = slowestFiles(modules.map(secondsOf), Number(process.env.SLOWEST ?? 0));
    process.once('exit', (code) => {
      if (code !== 0 && failed === 0) failed = 1;
      for (const line of [...slowest, ...reasons]) writeSync(1, `${line}\n`);
      writeSync(1, `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
    });
  }
}

const secondsOf = (module: TestModule) => {
  const { collectDuration, duration } = module.diagnostic();
  return { file: module.relativeModuleId, seconds: (collectDuration + duration) / 1000 };
};
