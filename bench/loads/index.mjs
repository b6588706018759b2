/** Everything that is timed, by name: a line each, the model in a file beside this one and in ../pytorch/. */
import { attentionLoad } from "./attention.mjs";
import { convolutionLoad } from "./convolution.mjs";
import { ctcLoad } from "./ctc.mjs";
import { jsbEpoch, telemetryEpoch } from "./epoch.mjs";
import { generateLoad } from "./generate.mjs";
import { languageLoad } from "./language.mjs";
import { speechLoad } from "./speech.mjs";
import { streamLoad } from "./stream.mjs";
import { translatorLoad } from "./translator.mjs";
import { videoLoad } from "./video.mjs";
import { vrnnLoad } from "./vrnn.mjs";

const characters = { layers: 2, hidden: 384, embedding: 64, vocabulary: 65, batch: 64, steps: 128 };
const words = { cell: "lstm", layers: 1, hidden: 256, embedding: 256, batch: 64, steps: 30 };
const writer = { layers: 2, hidden: 384, embedding: 64, vocabulary: 65 };
/** A batch of AN4's training split, its steps three frames each: one whose longest utterance is as long as those of batches are in the mean. */
const an4 = [
  ...[
    [97, 16, 24],
    [97, 23, 26],
    [97, 9, 11],
    [93, 21, 35],
    [90, 12, 13],
    [97, 24, 25],
    [93, 12, 15],
    [93, 28, 36],
  ],
  ...[
    [93, 15, 17],
    [93, 20, 33],
    [93, 11, 13],
    [93, 16, 18],
    [97, 15, 11],
    [97, 30, 45],
    [97, 14, 15],
    [93, 25, 34],
  ],
].map(([steps, phones, letters]) => ({ steps, phones, letters }));
const halving = { kernel: 4, stride: 2, padding: 1 };

export const loads = {
  tiny: vrnnLoad(
    { x: 4, hidden: 32, latent: 8, batch: 32, steps: 64 },
    { "tensorflow-js": {}, "jax-js": {} },
  ),
  music: vrnnLoad({ x: 88, hidden: 128, latent: 32, batch: 16, steps: 100 }),
  mid: vrnnLoad({ x: 200, hidden: 256, latent: 64, batch: 64, steps: 100 }),
  big: vrnnLoad({ x: 200, hidden: 512, latent: 128, batch: 64, steps: 50 }),
  "lstm-lm": languageLoad({ cell: "lstm", ...characters }),
  "gru-lm": languageLoad({ cell: "gru", ...characters }),
  "vocabulary-8000": languageLoad({ ...words, vocabulary: 8_000 }),
  "vocabulary-32000": languageLoad({ ...words, vocabulary: 32_000 }, 6),
  attention: attentionLoad({ steps: 20, places: 20, batch: 64, memory: 512, attention: 320, hidden: 320 }),
  translator: translatorLoad({
    tokens: 6_000,
    embedding: 256,
    hidden: 320,
    places: 16,
    steps: 16,
    batch: 64,
  }),
  ctc: ctcLoad({ steps: 120, batch: 16, levels: 34, labels: 20 }),
  "speed-an4": speechLoad({
    ...{ x: 117, hidden: 64, latent: 16, encoder: 320, layers: 3, heads: { phones: 37, letters: 31 } },
    ...{ dropout: 0.3, elbo: 0.01, letters: 0.3, sequences: an4 },
  }),
  convolution: convolutionLoad({
    pictures: 80,
    height: 120,
    width: 80,
    layers: [
      { inputs: 1, outputs: 24, ...halving },
      { inputs: 24, outputs: 48, ...halving },
      { inputs: 48, outputs: 96, ...halving },
      { inputs: 96, outputs: 96, kernel: 3, stride: 1, padding: 1 },
    ],
  }),
  "speed-ped2": videoLoad({
    ...{ steps: 12, batch: 8, height: 80, width: 120 },
    ...{ channels: 24, hidden: 96, latent: 16 },
  }),
  "jsb-epoch": jsbEpoch,
  "telemetry-epoch": telemetryEpoch,
  "write-1": generateLoad({ ...writer, count: 1, steps: 500 }),
  "write-32": generateLoad({ ...writer, count: 32, steps: 500 }),
  stream: streamLoad({ x: 88, hidden: 128, latent: 32, steps: 100 }),
};
