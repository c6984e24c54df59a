import { writeFileSync } from 'node:fs';

/** Counts results for the closing line, and collects why tests were skipped. Its report goes to $AIT_RVV_TEST_REPORT. */
export default class CountingReporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #skips = [];
  #failures = [];

  onTestCaseResult(test) {
    const { state, note } = test.result();
    this.#counts[state === 'passed' || state === 'failed' ? state : 'skipped']++;
    if (state === 'skipped') this.#skips.push({ test: test.fullName, reason: note ?? 'no reason given' });
    if (state === 'failed') this.#failures.push(test.fullName);
  }

  onTestModuleEnd(module) {
    // A file that cannot be loaded or whose hooks fail has errors of its own, not those of a test.
    if (module.errors().length > 0) {
      this.#counts.failed++;
      this.#failures.push(module.relativeModuleId);
    }
  }

  onTestRunEnd(_modules, errors) {
    this.#counts.failed += errors.length;
    const report = { ...this.#counts, skips: this.#skips, failures: this.#failures };
    writeFileSync(process.env.AIT_RVV_TEST_REPORT, JSON.stringify(report));
  }
}
