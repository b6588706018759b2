/** Draws in which some columns keep their spread at any temperature. */
import { expect, test } from "vitest";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { untempered } from "../../src/distributions/untempered.ts";
import { constant, scalar } from "../../src/graph/index.ts";
import { plainColumn } from "../data/temporary.ts";
import { runGraph } from "../fixtures/run-graph.ts";

const over = plainColumn("over", { kind: "binary", mean: 0.1 });
const emission = emissionOf([plainColumn("load"), over, plainColumn("power")]);
const keeping = untempered(emission, [false, true, false]);
const count = 400;
const spread = Array.from({ length: count }, (_, i) => (i + 0.5) / count);

/** Rows `[count, 3]` of one distribution: locations 0, log-odds -1. */
async function drawn(of: typeof emission, temperature: number): Promise<number[]> {
  const { width, uniforms, normals } = of;
  expect(uniforms).toBe(1);
  const { x } = await runGraph(
    {
      raw: { shape: [1, width], data: Array.from({ length: width }, (_, i) => (i === width - 1 ? -1 : 0)) },
      uniform: { shape: [count, 1], data: spread },
      normal: {
        shape: [count, normals],
        data: spread.flatMap((share) => Array<number>(normals).fill(4 * share - 2)),
      },
    },
    ({ raw, uniform, normal }) => ({
      x: of.sample(raw!, { uniform: uniform!, normal: normal! }, scalar(temperature)),
    }),
    "float32",
  );
  return Array.from(x!);
}
const columnOf = (rows: readonly number[], d: number) => rows.filter((_, i) => i % 3 === d);
const shareOf = (rows: readonly number[]) => columnOf(rows, 1).filter((value) => value === 1).length / count;

test("columns that are kept are as rare at a low temperature as at 1, the others are tamer", async () => {
  const [low, own] = [await drawn(keeping, 0.25), await drawn(keeping, 1)];
  const rarity = 1 / (1 + Math.E);
  expect(shareOf(low)).toBeCloseTo(rarity, 2);
  expect(columnOf(low, 1)).toEqual(columnOf(own, 1));
  expect(shareOf(await drawn(emission, 0.25))).toBeLessThan(0.1 * rarity);
  for (const d of [0, 2])
    columnOf(low, d).forEach((value, i) => {
      expect(value).toBeCloseTo(0.25 * columnOf(own, d)[i]!, 6);
    });
});

test("at the temperature of all it changes nothing, and neither does it change what data are told", async () => {
  expect(await drawn(keeping, 1)).toEqual(await drawn(emission, 1));
  expect(keeping.logProbability).toBe(emission.logProbability);
});

test("under units of a sequence, and with parameters in it, it keeps the same columns", async () => {
  const row = (value: number) => constant([value, value, value], [1, 3]);
  const under = keeping.under!({ shift: row(0), scale: row(2), cell: row(0) });
  const bound = untempered({ ...emission, bind: () => emission }, [false, true, false]).bind!(() => row(0));
  for (const own of [under, bound]) expect(await drawn(own, 0.25)).toEqual(await drawn(keeping, 0.25));
});
