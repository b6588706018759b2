import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { add, mul, scan, slice, squeeze, stack, sum, type Tensor } from "../../src/graph/index.ts";
import { plainNet } from "../../src/nn/net.ts";
import { StackedCells } from "../../src/nn/stacked.ts";
import { type FixtureTensor, groupOf, readFixture, relativeError } from "../fixtures/fixture.ts";
import { runGraph } from "../fixtures/run-graph.ts";

const layers = 2;
const hidden = 4;
/** `0.x.weight` of the fixture is ours of layer 0, `1.x.weight` feeds from below. */
const ownName = (name: string): string =>
  name
    .replace(/^0\./, "cell.")
    .replace(/^1\.x\.weight$/, "cell.1.below.weight")
    .replace(/^1\./, "cell.1.");

const layer = (x: Tensor, at: number): Tensor => squeeze(slice(x, 0, at, at + 1), 0);

describe.each(["gru", "lstm"] as const)("two layers of %s agree with PyTorch's own", (kind) => {
  test("outputs, last state and every gradient", async () => {
    const fixture = readFixture("vrnn/cells");
    const part = (group: string) => groupOf(fixture, `${kind}/${group}`) as Record<string, FixtureTensor>;
    const [parameters, inputs, cotangents] = [part("parameters"), part("inputs"), part("cotangents")];
    const prefixed = (prefix: string, tensors: Record<string, FixtureTensor>) =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
    const results = await runGraph({ ...parameters, ...inputs, ...prefixed("d.", cotangents) }, (given) => {
      const cells = new StackedCells(kind, "cell", { x: 3 }, hidden, { layers });
      const byName = Object.fromEntries(
        Object.keys(parameters).map((name) => [ownName(name), given[name] as Tensor]),
      );
      expect(cells.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(byName).sort());
      const state = Object.fromEntries(
        Object.keys(cells.stateSizes).map((name) => {
          const at = name.includes(".") ? 1 : 0;
          return [name, layer(given[name.endsWith("h") ? "h0" : "c0"] as Tensor, at)];
        }),
      );
      const { state: last, outputs } = scan({
        state,
        over: { x: given["x"] as Tensor },
        step: (before, { x }) => {
          const after = cells.step(
            plainNet((name) => byName[name] as Tensor),
            { x },
            before,
          );
          return { state: after, outputs: { y: cells.visible(after) } };
        },
      });
      const final = (kindOfState: string) =>
        stack([last[kindOfState] as Tensor, last[`1.${kindOfState}`] as Tensor]);
      const seen: Record<string, Tensor> = {
        y: outputs.y,
        h: final("h"),
        ...(kind === "lstm" && { c: final("c") }),
      };
      const loss = Object.entries(seen)
        .map(([name, value]) => sum(mul(value, given[`d.${name}`] as Tensor)))
        .reduce((a, b) => add(a, b));
      const wrt = [...Object.keys(parameters), ...Object.keys(inputs)];
      const slopes = gradients(
        loss,
        wrt.map((name) => given[name] as Tensor),
      );
      return {
        ...seen,
        loss,
        ...Object.fromEntries(wrt.map((name, i) => [`g.${name}`, slopes[i] as Tensor])),
      };
    });
    const expected = { ...part("outputs"), ...prefixed("g.", part("gradients")) };
    for (const [name, { data }] of Object.entries(expected))
      expect(relativeError(results[name] ?? [], data), name).toBeLessThan(1e-10);
  });
});
