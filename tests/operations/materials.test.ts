import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { ModalityName } from "../../src/data/modality.ts";
import { labelledDataset } from "../../src/data/text/text-dataset.ts";
import type { NatsSummary } from "../../src/metrics/nats.ts";
import { materials, required, takenBy } from "../../src/operations/materials/index.ts";
import type { Material } from "../../src/operations/materials/material.ts";
import { text } from "../../src/operations/materials/text.ts";
import type { RunConfig } from "../../src/run/run-config.ts";

const TEXTS = ["ab", "ba", "abab", "bb"].map((own, k) => ({ name: `${k}`, text: own, label: "xy"[k % 2]! }));
const names = Object.keys(materials) as ModalityName[];

test.each(names)("%s is scored and made up", async (name) => {
  const material = await materials[name].load();
  expect(takenBy(material)).toBe("vrnn evaluate, vrnn score, vrnn sample and vrnn train --resume take it");
  expect(required(material, "score", name)).toBe(material.score);
});

test.each([
  ["ab", 2],
  ["", undefined],
])("text tells bits per byte, where it has bytes: %j", async (written, bytes) => {
  const trained = labelledDataset(TEXTS, "texts", { unit: "characters" });
  const { x, label } = trained.fields;
  const known = { unit: "characters", vocabulary: x.vocabulary, levels: label.levels } as const;
  const { splits, fields } = labelledDataset([{ name: "one", text: written }], "one", {
    ...known,
    split: [0, 0, 1],
  });
  const config = { fields, modality: { name: "text" } } as unknown as RunConfig;
  const told = await text.bound!(config, splits.test, { natsPerStep: -Math.LN2, steps: 4 } as NatsSummary);
  expect(told).toEqual({ unit: "character", ...(bytes && { bitsPerByte: 4 / bytes }) });
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
