import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { projects, withHelpers } from "./projects.ts";

const root = join(import.meta.dirname, "..");
const marker = join(root, "tests/built.ts");

/** Code that only the build gives: files of dist/, the package by its name, programs that import them. */
const namesTheBuild = /from "vrnn[/"]|"vrnn\/web|dist\/|\.mjs\b/;

/** Files that name it in words only, or a program that needs nothing of this project. */
const inWords = [
  "tests/projects.test.ts",
  "tests/results.test.ts",
  "tests/export/docs.test.ts",
  "tests/bench/pairs.test.ts",
  "tests/metrics/nab.test.ts", // so does the rule of one line that it scores
  "tests/fuzz.test.ts", // its programs take the sources from whoever calls them
];

test("tests of the sources name nothing of the build", () => {
  const strays = [...projects.unit, ...projects.slow]
    .flatMap((file) => [...withHelpers(join(root, file))])
    .filter((file) => namesTheBuild.test(readFileSync(file, "utf8")))
    .map((file) => relative(root, file));
  expect(new Set(strays)).toEqual(new Set(inWords));
});

test("the command line, the examples and the browser are tested as built", () => {
  const known = ["tests/cli/demo.test.ts", "tests/examples.test.ts", "tests/web/browser.test.ts"];
  expect(projects.e2e).toEqual(expect.arrayContaining(known));
  expect(withHelpers(join(root, "tests/cli/demo.test.ts"))).toContain(marker);
  expect(projects.unit).toContain("tests/smoke.test.ts");
  expect(projects.slow).toContain("tests/models/conformance.test.ts");
});
