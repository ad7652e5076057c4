import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Prints one plain line after everything else: "N passed, N failed", and why tests were skipped. */
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
    process.once('exit', (code) => {
      if (code !== 0 && failed === 0) failed = 1;
      for (const line of reasons) writeSync(1, `${line}\n`);
      writeSync(1, `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
    });
  }
}
