/** Programs that train, of many shapes, with something to feed each: what memory is measured and estimated on. */

import { gradients } from "../../dist/autodiff/gradients.js";
import * as g from "../../dist/graph/index.js";
import { Vrnn } from "../../dist/models/vrnn/vrnn.js";
import { AdditiveAttention } from "../../dist/nn/attention.js";
import { cells } from "../../dist/nn/cells.js";
import { Conv2d } from "../../dist/nn/convolution.js";
import { Embedding } from "../../dist/nn/embedding.js";
import { Linear } from "../../dist/nn/linear.js";
import { plainNet } from "../../dist/nn/net.js";
import { countOf } from "../../dist/nn/parameters.js";
import { plainElbo } from "../../dist/objectives/elbo.js";
import { objectives } from "../../dist/objectives/index.js";
import { optimise } from "../../dist/passes/optimise.js";
import { Random } from "../../dist/random/generator.js";
import { finishNamed, gradientGraph } from "../../dist/train/programs.js";
import { unpackWeights } from "../../dist/train/weights.js";

/** A binary column. */
export const yesNo = (_, i) => ({
  name: `c${i}`,
  kind: "binary",
  levels: [],
  resolution: 0,
  mean: 0.3,
  standardDeviation: 1,
  minimum: 0,
  maximum: 1,
  missing: 0,
  shares: [],
});

/** The benchmark's model, one shard of a batch. */
function vrnn({ x, hidden, latent }, sizes, objective = plainElbo) {
  const columns = Array.from({ length: x }, yesNo);
  const model = new Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });
  return { outputs: finishNamed(gradientGraph(model, objective)), sizes };
}

/** A program of layers: the loss that `write` makes of their weights, and its gradient. */
function ofLayers(parameters, sizes, write) {
  const { weights, tensors } = unpackWeights(parameters, g.input("parameters", [countOf(parameters)]));
  const [loss, ...own] = optimise([write(plainNet(weights)), ...tensors]);
  const slopes = gradients(loss, own).map((slope, i) =>
    g.reshape(slope, [parameters[i].shape.reduce((all, size) => all * size, 1)]),
  );
  return { outputs: finishNamed({ gradient: g.concat(slopes), loss }), sizes };
}

/** −Σ log p of tokens, `[..., V]` and `[..., 1]`. */
const nats = (logits, tokens) => g.neg(g.sum(g.gatherAlong(g.logSoftmax(logits), tokens, -1)));

function vocabulary(tokens, rows = 1920, width = 256) {
  const [table, out] = [new Embedding("in", tokens, width), new Linear("out", { h: width }, tokens)];
  return ofLayers([...table.parameters, ...out.parameters], { B: rows }, (net) => {
    const h = g.tanh(table.rows(net, g.input("tokens", ["B"], "int64")));
    return nats(out.apply(net, { h }), g.input("next", ["B", 1], "int64"));
  });
}

/** Layers of LSTM cells over characters, each a loop of its own. */
function languageModel({ tokens, embedding, hidden, layers }, sizes) {
  const table = new Embedding("in", tokens, embedding);
  const stack = Array.from({ length: layers }, (_, i) =>
    cells.lstm(`layer.${i}`, { x: i === 0 ? embedding : hidden }, hidden),
  );
  const out = new Linear("out", { h: hidden }, tokens);
  const parameters = [table, ...stack, out].flatMap((layer) => layer.parameters);
  return ofLayers(parameters, sizes, (net) => {
    let x = table.rows(net, g.input("tokens", ["T", "B"], "int64"));
    for (const cell of stack) x = unrolled(cell, net, { x });
    return nats(out.apply(net, { h: x }), g.input("next", ["T", "B", 1], "int64"));
  });
}

function unrolled(cell, net, over) {
  const state = Object.fromEntries(
    Object.entries(cell.stateSizes).map(([part, size]) => [
      part,
      g.input(`${cell.name}.${part}`, ["B", size]),
    ]),
  );
  const step = (before, slices) => {
    const after = cell.step(net, slices, before);
    return { state: after, outputs: after.h };
  };
  return g.scan({ state, over, step }).outputs;
}

/** A decoder that reads a memory of S places at every step; the gradient of the memory too. */
function attentionDecoder({ memory: width, hidden }, sizes) {
  const attention = new AdditiveAttention("attention", { query: hidden, memory: width }, hidden);
  const cell = cells.gru("cell", { x: hidden, context: width }, hidden);
  const places = new Linear("places", { source: width }, width);
  const parameters = [attention, cell, places].flatMap((layer) => layer.parameters);
  return ofLayers(parameters, sizes, (net) => {
    const read = attention.prepare(net, places.apply(net, { source: g.input("source", ["B", "S", width]) }));
    const { outputs } = g.scan({
      state: { h: g.input("h", ["B", hidden]) },
      over: { x: g.input("x", ["T", "B", hidden]) },
      step: ({ h }, { x }) => {
        const { context } = attention.read(net, h, read);
        const after = cell.step(net, { x, context }, { h });
        return { state: after, outputs: after.h };
      },
    });
    return g.sum(g.square(outputs));
  });
}

/** Four layers of kernels over spectrograms. */
function convolutions(sizes) {
  const shapes = [
    [1, 24, 3, 1],
    [24, 48, 4, 2],
    [48, 96, 4, 2],
    [96, 96, 3, 1],
  ];
  const layers = shapes.map(
    ([from, to, kernel, stride], i) => new Conv2d(`${i}`, from, to, { kernel, stride, padding: 1 }),
  );
  return ofLayers(
    layers.flatMap(({ parameters }) => parameters),
    sizes,
    (net) => {
      const pictures = g.input("x", ["B", 1, 120, 80]);
      return g.sum(g.square(layers.reduce((x, layer) => g.relu(layer.apply(net, x)), pictures)));
    },
  );
}

const shapes = {
  tiny: { x: 4, hidden: 32, latent: 8 },
  music: { x: 88, hidden: 128, latent: 32 },
  mid: { x: 200, hidden: 256, latent: 64 },
  big: { x: 200, hidden: 512, latent: 128 },
};

/** Every load by its name. */
export const loads = {
  tiny: () => vrnn(shapes.tiny, { T: 64, B: 16 }),
  music: () => vrnn(shapes.music, { T: 100, B: 8 }),
  mid: () => vrnn(shapes.mid, { T: 100, B: 32 }),
  big: () => vrnn(shapes.big, { T: 50, B: 32 }),
  "vocabulary-8000": () => vocabulary(8000),
  "vocabulary-32000": () => vocabulary(32_000),
  "lstm-lm": () => languageModel({ tokens: 65, embedding: 64, hidden: 384, layers: 2 }, { T: 128, B: 64 }),
  attention: () => attentionDecoder({ memory: 512, hidden: 320 }, { T: 100, S: 100, B: 16 }),
  convolution: () => convolutions({ B: 8 }),
  fivo: () => vrnn(shapes.music, { T: 100, B: 8 }, objectives.fivo.create({ particles: 8 })),
};

/** Something of the right types to feed a program: random numbers, and ones for what counts or weighs. */
export function someFeeds({ inputs }, sizes) {
  const random = Random.stream(1, "memory");
  const feed = ({ dtype, shape: dims }) => {
    const shape = dims.map((dim) => (typeof dim === "number" ? dim : sizes[dim]));
    const count = shape.reduce((all, size) => all * size, 1);
    if (dtype === "int64")
      return { dtype, shape, data: BigInt64Array.from({ length: count }, () => BigInt(random.integer(60))) };
    if (dtype === "bool") return { dtype, shape, data: new Uint8Array(count).fill(1) };
    const entry = count === 1 ? () => 1 : () => 0.1 * (random.uniform() - 0.5);
    return { dtype, shape, data: Float32Array.from({ length: count }, entry) };
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, feed(type)]));
}
