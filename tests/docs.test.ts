/** What documents say of the sources, as far as it can be looked up. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const within = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `/${folder}/${file}`);
/** What a reader has in a project of their own. */
const theirs = ["/vite.config.ts"];
const sources = ["src", "tests", "examples", "scripts", "bench"].flatMap(within).concat(theirs);
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

test.each(documents)("%s names files of the sources that there are", (document) => {
  const text = readFileSync(join(root, document), "utf8");
  // A name in a document is the end of a path: `train/trainer.ts` of src, `family.ts` of a folder spoken of.
  const named = [...text.matchAll(/(?<=[\s`(])(?:[\w-]+\/)*[\w.-]+\.ts(?=[`)\s:,.]|$)/gm)].map(
    ([name]) => name,
  );
  expect(named.filter((name) => !sources.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});
