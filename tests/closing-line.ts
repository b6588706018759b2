import type { Reporter, TestModule } from "vitest/node";

/** Prints the counts on one plain line, last of all: `1020 passed, 0 failed, 3 skipped`. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((each) => each === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
    // After the other reporters' summaries, which are written when the run ends too.
    process.once("exit", () =>
      process.stdout.write(`\n${count("passed")} passed, ${count("failed") + broken} failed${skipped}\n`),
    );
  }
}
