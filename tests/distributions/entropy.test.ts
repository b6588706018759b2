import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import "../built.ts";

/** Two rows of the table in docs/distributions.md, made by the command that makes it. */
test("counts and levels are learned to within 2 % of the entropy of their processes", {
  timeout: 60_000,
}, () => {
  const table = execFileSync("node", ["scripts/entropy-table.mjs", "poisson", "categorical"], {
    encoding: "utf8",
  });
  const rows = [...table.matchAll(/^\| `([\w-]+)` \| (\S+) \| (\S+) \|/gm)];
  expect(rows.map(([, name]) => name)).toEqual(["poisson", "categorical"]);
  for (const [, , truth, bound] of rows) {
    expect(Number(truth)).toBeLessThan(0);
    expect(Number(truth) - Number(bound)).toBeLessThan(0.02 * Math.abs(Number(truth)));
  }
});
