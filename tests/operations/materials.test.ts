import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { ModalityName } from "../../src/data/modality.ts";
import { labelledDataset } from "../../src/data/text/text-dataset.ts";
import type { NatsSummary } from "../../src/metrics/nats.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import type { Context } from "../../src/operations/context.ts";
import { materials, required, takenBy } from "../../src/operations/materials/index.ts";
import type { Material } from "../../src/operations/materials/material.ts";
import { text } from "../../src/operations/materials/text.ts";
import type { RunConfig } from "../../src/run/run-config.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";

const TEXTS = ["ab", "ba", "abab", "bb"].map((own, k) => ({ name: `${k}`, text: own, label: "xy"[k % 2]! }));
const names = Object.keys(materials) as ModalityName[];

test.each(names)("%s is scored and made up", async (name) => {
  const material = await materials[name].load();
  // Pairs are made by `vrnn translate`, of what is to be read, and speech by `vrnn speak`, of what is to be said.
  const own: { readonly [Name in ModalityName]?: string } = {
    pairs: "vrnn translate",
    speech: "vrnn transcribe, vrnn speak",
    motion: "vrnn futures",
    captions: "vrnn caption",
  };
  const writes = own[name] ?? "vrnn sample";
  const exported = ["text", "pairs"].includes(name) ? ", vrnn export" : "";
  const others = name === "images" ? ", vrnn watch, vrnn reconstruct" : exported;
  const finds = name === "images" ? ", vrnn detect" : "";
  const made = `vrnn score, ${writes}${finds}${others}`;
  expect(takenBy(material)).toBe(`vrnn evaluate, ${made} and vrnn train --resume take it`);
  expect(required(material, "score", name)).toBe(material.score);
});

test.each([
  ["ab", 2, 2],
  ["é", 2, 1],
  ["", undefined, undefined],
])(
  "text tells how many steps a byte and a character have, where there are any: %j",
  async (written, bytes, characters) => {
    const texts = [{ name: "é", text: "é", label: "x" }, ...TEXTS].map((own) => ({
      ...own,
      split: "train" as const,
    }));
    const trained = labelledDataset(texts, "texts", { unit: "characters" });
    const { x, label } = trained.fields;
    const known = { unit: "characters", vocabulary: x.vocabulary, levels: label.levels } as const;
    const { splits, fields } = labelledDataset([{ name: "one", text: written }], "one", {
      ...known,
      split: [0, 0, 1],
    });
    const config = { fields, modality: { name: "text" }, training: { seed: 1 } } as unknown as RunConfig;
    const model = new Vrnn({
      tokens: x.vocabulary.tokens.length + 4,
      embedding: 2,
      tied: false,
      hidden: 2,
      latent: 0,
    });
    const context = {
      run: async () => ({ config, model, weights: initialWeights(model.parameters, 1) }),
      runtime: async () => nodeRuntime(),
    } as unknown as Context;
    const told = await text.bound!(context, splits.test, { natsPerStep: -Math.LN2, steps: 4 } as NatsSummary);
    const sizes = bytes && { perByte: 4 / bytes, perCharacter: 4 / characters! };
    expect(told).toEqual({ unit: "character", ...sizes, baselines: [] });
  },
);

test("what a material lacks is refused by its name, with what there is", () => {
  const whispers: Material = { sample: async function* () {} };
  expect(() => required(whispers, "score", "whispers", "runs/w")).toThrow(
    expect.objectContaining({
      code: "operation/material",
      at: "runs/w",
      what: "score does not take runs of whispers, as this one is",
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
