import {
  add,
  argmax,
  div,
  log,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  oneHot,
  reshape,
  softmax,
  split,
  sum,
  type Tensor,
  unsqueeze,
} from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { gridded, gridOf, normalCdf, normalLogDensity, scaleOf, unitScale, vector } from "./gaussian.ts";
import { everyComponent } from "./per-column.ts";

/** Where components begin, in deviations: spread, so that they do not stay copies of each other. */
export const startingMeans = (components: number): number[] =>
  Array.from({ length: components }, (_, k) => (components === 1 ? 0 : (2 * k) / (components - 1) - 1));

/** Gumbel noise from uniform numbers: the largest of logits plus noise is a draw from their softmax. */
export const gumbel = (uniform: Tensor): Tensor => neg(log(neg(log(uniform))));

/**
 * Draws a component from softmax(logits / temperature) and gives what picks its entry from `[..., K]`.
 *
 * @param logits `[..., K]` @param uniform `[..., K]`
 */
export function drawComponent(
  logits: Tensor,
  uniform: Tensor,
  temperature: Tensor,
): (entries: Tensor) => Tensor {
  const scores = add(div(logits, temperature), gumbel(uniform));
  const chosen = oneHot(argmax(scores), logits.shape[logits.rank - 1] as number); // [..., K]
  return (entries) => sum(mul(entries, chosen), [-1]);
}

/** Σₖ wₖ·entryₖ with weights softmax(logits). `[..., K]` to `[...]` */
export const averageOver = (logits: Tensor, entries: Tensor): Tensor =>
  sum(mul(softmax(logits), entries), [-1]);

/** log Σₖ wₖ N(x; μₖ, σₖ) with weights softmax(logits). `x` `[...]`, the others `[..., K]`. */
export const mixtureLogDensity = (x: Tensor, logits: Tensor, mean: Tensor, scale: Tensor): Tensor =>
  logSumExp(add(logSoftmax(logits), normalLogDensity(unsqueeze(x, -1), mean, scale)), [-1]);

/**
 * Independent columns, each a mixture of normals of its own: several modes and heavy tails.
 * `raw` is [weights | means | scales], each `[D·K]`, column by column.
 */
export const mixture = (components: number): Family =>
  gridded((columns, { floors, offsets, halfCells }) => {
    const size = columns.length * components;
    const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), columns.length, components]);
    const cut = (raw: Tensor) => split(raw, [size, size, size]) as [Tensor, Tensor, Tensor];
    const parts = (raw: Tensor) => {
      const [logits, mean, scale] = cut(raw);
      return [logits, mean, scaleOf(scale, everyComponent(floors, components))].map(perComponent) as [
        Tensor,
        Tensor,
        Tensor,
      ]; // [..., D, K]
    };
    return {
      width: 3 * size,
      uniforms: size,
      normals: columns.length,
      missing: "exact",
      initialBias: [
        ...Array<number>(size).fill(0),
        ...columns.flatMap(() => startingMeans(components)),
        ...unitScale(everyComponent(gridOf(columns).floors, components)),
      ],
      logProbability: (raw, x) => {
        const [logits, mean, scale] = parts(raw);
        return add(mixtureLogDensity(x, logits, mean, scale), vector(offsets));
      },
      sample: (raw, { uniform, normal }, temperature) => {
        const [logits, mean, rawScale] = cut(raw).map(perComponent) as [Tensor, Tensor, Tensor];
        const pick = drawComponent(logits, perComponent(uniform), temperature);
        const scale = scaleOf(pick(rawScale), floors); // [..., D], of the component drawn alone
        return add(pick(mean), mul(mul(scale, normal), temperature));
      },
      mean: (raw) => {
        const [logits, mean] = parts(raw);
        return averageOver(logits, mean);
      },
      cdf: (raw, x) => {
        const [logits, mean, scale] = parts(raw);
        return averageOver(logits, normalCdf(unsqueeze(add(x, vector(halfCells)), -1), mean, scale));
      },
    };
  });
