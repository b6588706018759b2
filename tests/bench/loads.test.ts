/** The loads of the benchmark in small: what is timed on both sides has the same gradients. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attentionLoad } from "../../bench/loads/attention.mjs";
import { convolutionLoad } from "../../bench/loads/convolution.mjs";
import { ctcLoad } from "../../bench/loads/ctc.mjs";
import { generateLoad } from "../../bench/loads/generate.mjs";
import { languageLoad } from "../../bench/loads/language.mjs";
import { speechLoad } from "../../bench/loads/speech.mjs";
import { translatorLoad } from "../../bench/loads/translator.mjs";
import { videoLoad } from "../../bench/loads/video.mjs";
import { vrnnLoad } from "../../bench/loads/vrnn.mjs";
import { JsonProcess } from "../../bench/rivals/json-process.mjs";
import { pythonWithTorch, server } from "../../bench/rivals/pytorch-process.mjs";
import { filesIn, worstDifference, writeTensors } from "../../bench/tensors.mjs";
import { built } from "../built.ts";

const vrnn = { ...(await import(built("index.js"))), ...(await import(built("node.js"))) };

const language = { layers: 2, hidden: 6, embedding: 5, vocabulary: 9, batch: 4, steps: 7 };
const loads = {
  vrnn: vrnnLoad({ x: 3, hidden: 8, latent: 2, batch: 4, steps: 6 }),
  lstm: languageLoad({ cell: "lstm", ...language }),
  gru: languageLoad({ cell: "gru", ...language }),
  attention: attentionLoad({ steps: 5, places: 3, batch: 4, memory: 7, attention: 6, hidden: 5 }),
  translator: translatorLoad({ tokens: 9, embedding: 6, hidden: 5, places: 3, steps: 5, batch: 8 }),
  write: generateLoad({ layers: 2, hidden: 6, embedding: 5, vocabulary: 9, count: 3, steps: 20 }),
  ctc: ctcLoad({ steps: 12, batch: 4, levels: 5, labels: 4 }),
  speech: speechLoad({
    ...{ x: 3, hidden: 6, latent: 2, encoder: 5, layers: 2, heads: { phones: 7, letters: 9 } },
    ...{ dropout: 0.3, elbo: 0.05, letters: 0.3 },
    sequences: [
      { steps: 8, phones: 2, letters: 3 },
      { steps: 6, phones: 1, letters: 4 },
      { steps: 8, phones: 3, letters: 1 },
      { steps: 3, phones: 1, letters: 2 },
    ],
  }),
  video: videoLoad({ steps: 3, batch: 4, height: 16, width: 8, channels: 8, hidden: 6, latent: 2 }),
  convolution: convolutionLoad({
    pictures: 4,
    height: 12,
    width: 8,
    layers: [
      { inputs: 1, outputs: 3, kernel: 4, stride: 2, padding: 1 },
      { inputs: 3, outputs: 4, kernel: 3, stride: 1, padding: 1 },
    ],
  }),
};

const python = pythonWithTorch();
const folder = mkdtempSync(join(tmpdir(), "vrnn-loads-"));
let pytorch: JsonProcess | undefined;

beforeAll(async () => {
  if (python !== undefined) pytorch = await JsonProcess.start(python, [server]);
});

afterAll(() => {
  pytorch?.stop();
  rmSync(folder, { recursive: true });
});

describe.each(Object.entries(loads))("%s", (name, load) => {
  /** Weights, inputs and gradients of a step whose batch is dealt out to so many cores. */
  async function written(shards: number) {
    const own = join(folder, `${name}-${shards}`);
    mkdirSync(own, { recursive: true });
    const step = await load.create(vrnn, shards);
    writeTensors(own, await step.tensors());
    await step.dispose();
    return filesIn(own);
  }

  test("has the same gradients on one core and on two", async () => {
    const [one, two] = [await written(1), await written(2)];
    expect(worstDifference(one["gradients"], two["gradients"])).toBeLessThan(2e-6);
  });

  const { module, variants } = load.rivals.pytorch as { module: string; variants: string[] };
  const reason = python === undefined ? " (skipped: python3-torch is not installed)" : "";

  test.skipIf(python === undefined).each(variants)(`has those of PyTorch, %s${reason}`, async (variant) => {
    const { weights, inputs, gradients, out } = await written(1);
    await pytorch?.ask("setup", { module, variant, config: load.config, weights, inputs });
    await pytorch?.ask("gradients", { out, threads: 1, blasThreads: 1 });
    expect(worstDifference(gradients, out)).toBeLessThan(2e-5);
  });
});
