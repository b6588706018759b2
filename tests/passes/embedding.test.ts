/** An embedding that is looked up inside a loop costs what one outside costs, and so does its gradient. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/public.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { type GradientCase, gradientError } from "../finite-differences.ts";
import { scansBelow, tensorsBelow } from "../graph/inspect.ts";

/** A size that nothing else has. */
const vocabulary = 7;
const width = 5;
const hidden = 3;

/** Looks each token up inside the loop, and says by the same table (or another one) what may come next. */
function languageModel(table: g.Tensor, output: g.Tensor, recurrent: g.Tensor, tokens: g.Tensor): g.Tensor {
  const first = g.filledLike({ dtype: table.dtype, shape: [tokens.shape[1] as g.Dim, hidden] }, 0);
  const { outputs } = g.scan({
    state: { h: first },
    over: { tokens },
    step: ({ h }, { tokens: now }) => {
      const x = g.gatherRows(table, now); // [B, E]
      const next = g.tanh(g.matmul(g.concat([x, h]), recurrent)); // [B, H]
      const logits = g.matmul(g.matmul(next, output), table, { transposeB: true }); // [B, V]
      return { state: { h: next }, outputs: { logits } };
    },
  });
  return g.sum(g.gatherAlong(g.logSoftmax(outputs.logits), g.unsqueeze(tokens, -1), -1));
}

/** Looks each token up twice, and nothing else. */
function twice(table: g.Tensor, recurrent: g.Tensor, tokens: g.Tensor): g.Tensor {
  const first = g.filledLike({ dtype: table.dtype, shape: [tokens.shape[1] as g.Dim, width] }, 0);
  const { state } = g.scan({
    state: { h: first },
    over: { tokens, other: g.shift(tokens) },
    step: ({ h }, { tokens: now, other }) => {
      const x = g.mul(g.gatherRows(table, now), g.sin(g.gatherRows(table, other)));
      return { state: { h: g.tanh(g.add(x, g.matmul(h, recurrent))) }, outputs: {} };
    },
  });
  return g.sum(state.h);
}

const numbers: Readonly<Record<string, GradientCase>> = {
  "tied to the output": {
    shapes: [
      [vocabulary, width],
      [hidden, width],
      [width + hidden, hidden],
    ],
    build: (table, output, recurrent) =>
      languageModel(
        table as g.Tensor,
        output as g.Tensor,
        recurrent as g.Tensor,
        g.constant([1, 6, 6, 0, 3, 1], [3, 2], "int64"),
      ),
  },
  "used twice": {
    shapes: [
      [vocabulary, width],
      [width, width],
    ],
    build: (table, recurrent) =>
      twice(table as g.Tensor, recurrent as g.Tensor, g.constant([1, 6, 6, 0, 3, 1], [3, 2], "int64")),
  },
};

describe("gradients agree with finite differences", () => {
  for (const [name, each] of Object.entries(numbers))
    test(name, async () => expect(await gradientError(each)).toBeLessThan(1e-6));
});

/** The shapes that hold a whole table for each step of something. */
const tablesPerStep = (tensors: readonly g.Tensor[]): readonly string[] =>
  tensorsBelow(tensors)
    .filter(
      ({ shape }) =>
        shape.includes(vocabulary) &&
        shape.includes(width) &&
        shape.length > 2 &&
        typeof shape[0] === "string",
    )
    .map(String);

const symbols = () => ({
  table: g.input("table", [vocabulary, width]),
  output: g.input("output", [hidden, width]),
  recurrent: g.input("recurrent", [width + hidden, hidden]),
  square: g.input("square", [width, width]),
  tokens: g.input("tokens", ["T", "B"], "int64"),
});

const losses: Readonly<Record<string, (inputs: ReturnType<typeof symbols>) => g.Tensor>> = {
  "tied to the output": ({ table, output, recurrent, tokens }) =>
    languageModel(table, output, recurrent, tokens),
  "used twice": ({ table, square, tokens }) => twice(table, square, tokens),
};

describe.each(Object.keys(losses))("no step has a table of its own: %s", (name) => {
  const build = losses[name] as (inputs: ReturnType<typeof symbols>) => g.Tensor;

  test("gradients before the passes", () => {
    const inputs = symbols();
    const loss = build(inputs);
    const slopes = gradients(loss, [inputs.table]);
    expect(tablesPerStep([loss, ...slopes])).not.toEqual([]);
    expect(tablesPerStep(finish([loss, ...slopes]))).toEqual([]);
  });

  test("gradients after the passes", () => {
    const inputs = symbols();
    const [loss, table] = optimise([build(inputs), inputs.table]) as [g.Tensor, g.Tensor];
    expect(tablesPerStep(finish([loss, ...gradients(loss, [table])]))).toEqual([]);
  });

  test("nothing is looked up or added to a table inside a loop", () => {
    const inputs = symbols();
    const loss = build(inputs);
    const ops = finish([loss, ...gradients(loss, [inputs.table])])
      .flatMap(scansBelow)
      .flat();
    expect(ops).toContain("tanh");
    expect(ops.filter((op) => op === "gatherRows" || op === "scatterAddRows")).toEqual([]);
  });
});
