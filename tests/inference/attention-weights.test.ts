import { expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { attentionWeights } from "../../src/inference/attention-weights.ts";
import { Translator, type TranslatorOptions } from "../../src/models/translate/translator.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";

const vocabulary = { unit: "characters", tokens: [..."abcdef"] } as const;
const fields: Fields = {
  x: { kind: "tokens", role: "target", axis: "T", vocabulary },
  source: { kind: "tokens", role: "source", axis: "S", vocabulary },
};
const partOf = (x: readonly number[], source: readonly number[]) => ({
  length: x.length,
  values: { x: Int32Array.from(x), source: Int32Array.from(source) },
});

const sharesOf = (options: Partial<TranslatorOptions>, ...parts: ReturnType<typeof partOf>[]) => {
  const model = new Translator({ tokens: 10, embedding: 5, hidden: 6, latent: 2, ...options });
  const weights = initialWeights(model.parameters, 1).map((weight) => 3 * weight);
  return attentionWeights({ runtime: nodeRuntime(), model, weights, fields, parts });
};

test.each([{ latent: 0 }, { latentScope: "sequence" }, { latentScope: "step" }] as const)(
  "each step looks at its source, by what was written before it alone: %j",
  async (options) => {
    const source = [4, 7, 5, 9];
    const [plain, changed] = await sharesOf(
      options,
      partOf([4, 5, 6, 7], source),
      partOf([4, 5, 8, 7], source),
    );
    expect(plain).toHaveLength(4);
    for (const row of plain!) {
      expect(row).toHaveLength(4);
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      for (const share of row) expect(share).toBeGreaterThan(0);
    }
    // What stands in the whole text tells of its latent variables, if it has any: then everything may change.
    const isWhole = "latentScope" in options && options.latentScope === "sequence";
    const isSame = plain!.map((row, t) => row.every((share, s) => Math.abs(share - changed![t]![s]!) < 1e-6));
    expect(isSame.slice(0, isWhole ? 1 : 3)).toEqual(isSame.slice(0, isWhole ? 1 : 3).map(() => true));
    expect(isSame[3]).toBe(false);
  },
);

test("they depend on the source", async () => {
  const [one, other] = await sharesOf({ latent: 0 }, partOf([4, 5], [4, 7, 5]), partOf([4, 5], [9, 7, 5]));
  expect([...one![0]!]).not.toEqual([...other![0]!]);
});

test("a model that looks nothing up is refused", async () => {
  const model = new Vrnn({ tokens: 10, embedding: 2, tied: false, hidden: 2, latent: 0 });
  const weights = initialWeights(model.parameters, 1);
  const asked = attentionWeights({ runtime: nodeRuntime(), model, weights, fields, parts: [] });
  await expect(asked).rejects.toMatchObject({ code: "task/no-attention" });
});
