import { defineConfig } from "vitest/config";
import { ClosingLine } from "./tests/closing-line.ts";
import { projects } from "./tests/projects.ts";

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Every distribution is at hand, as it is in Node.
    setupFiles: ["tests/seed.ts", "src/distributions/all.ts"],
    silent: "passed-only",
    reporters: ["default", new ClosingLine()],
    projects: [
      { extends: true, test: { name: "unit", include: projects.unit } },
      { extends: true, test: { name: "slow", include: projects.slow } },
      { extends: true, test: { name: "e2e", include: projects.e2e, setupFiles: ["tests/built.ts"] } },
    ],
  },
});
