import { defineConfig } from "vitest/config";
import { ClosingLine } from "./tests/closing-line.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    silent: "passed-only",
    reporters: ["default", new ClosingLine()],
  },
});
