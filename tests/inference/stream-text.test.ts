import { describe, expect, test } from "vitest";
import { buildVocabulary, Tokenizer, type TokenUnit } from "../../src/data/text/vocabulary.ts";
import { sampleTexts, streamText } from "../../src/inference/sample-text.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Executable } from "../../src/runtime/runtime.ts";
import { initialWeights } from "../../src/train/weights.ts";

const corpus = "né à Évreux, où l’été est doux; naïve façade, déjà vu. ";

function writing(unit: TokenUnit, latent = 0) {
  const vocabulary = buildVocabulary([corpus.repeat(5)], { unit, most: 300 });
  const tokens = new Tokenizer(vocabulary).size;
  const model = new Vrnn({ tokens, embedding: 8, tied: false, hidden: 12, latent });
  const weights = initialWeights(model.parameters, 3);
  return { runtime: nodeRuntime(), model, weights, vocabulary, steps: 40, seed: 5 };
}

async function piecesOf(stream: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe("a text that comes piece by piece", () => {
  const units = ["characters", "bytes", "words", "subwords"] as const;
  test.each(units.flatMap((unit) => [[unit, ""] as const, [unit, "né à "] as const]))(
    "of %s after “%s” is the first text that is sampled",
    async (unit, prefix) => {
      const settings = { ...writing(unit), prefix };
      const [whole] = await sampleTexts({ ...settings, count: 2 });
      const pieces = await piecesOf(streamText(settings));
      expect(prefix + pieces.join("")).toBe(whole!.text);
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.every((piece) => piece.length > 0)).toBe(true);
    },
  );

  test("with latent variables, and several tokens at a time, comes in fewer pieces and is the same", async () => {
    const settings = { ...writing("characters", 2), truncation: { topK: 5 } };
    const [whole] = await sampleTexts({ ...settings, count: 1 });
    const [single, several] = [
      await piecesOf(streamText(settings)),
      await piecesOf(streamText({ ...settings, stride: 10 })),
    ];
    expect(single.join("")).toBe(whole!.text);
    expect(several.join("")).toBe(whole!.text);
    expect(several.length).toBeLessThan(single.length);
  });

  test("ends when nobody asks for more, and gives its session back", async () => {
    const { runtime, ...rest } = writing("characters");
    let [made, given] = [0, 0];
    const counting = {
      ...runtime,
      compile: async (...args: Parameters<typeof runtime.compile>): Promise<Executable> => {
        const executable = await runtime.compile(...args);
        made += 1;
        return {
          run: (...own) => executable.run(...own),
          dispose: () => {
            given += 1;
            return executable.dispose();
          },
        };
      },
    };
    for await (const piece of streamText({ ...rest, runtime: counting, steps: 1_000_000 })) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(made).toBeGreaterThan(0);
    expect(given).toBe(made);
  });
});
