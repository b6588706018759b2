import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { ModalityName } from "../../src/data/modality.ts";
import { materials, required, takenBy } from "../../src/operations/materials/index.ts";
import type { Material } from "../../src/operations/materials/material.ts";

const names = Object.keys(materials) as ModalityName[];

test.each(names)("%s is scored and made up", async (name) => {
  const material = await materials[name].load();
  expect(takenBy(material)).toBe("vrnn evaluate, vrnn score, vrnn sample and vrnn train --resume take it");
  expect(required(material, "score", name)).toBe(material.score);
});

test("what a material lacks is refused by its name, with what there is", () => {
  const whispers: Material = { sample: async function* () {} };
  expect(() => required(whispers, "score", "whispers", "runs/w")).toThrow(
    expect.objectContaining({
      code: "operation/material",
      at: "runs/w",
      what: "score does not take whispers, and this run is of it",
      remedy: "vrnn evaluate, vrnn sample and vrnn train --resume take it",
    }),
  );
});

test("nothing in the sources asks for the name of a material: there are tables of them", () => {
  const root = resolve(import.meta.dirname, "../../src");
  const asks = new RegExp(`(?:===|!==|case)\\s*"(?:${names.filter((name) => name !== "table").join("|")})"`);
  const asking = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .filter((line) => asks.test(line) && /modality|material/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(asking).toEqual([]);
});
