import { expect, test } from "vitest";
import { input } from "../../src/graph/index.ts";
import { Bidirectional } from "../../src/nn/bidirectional.ts";
import { plainNet } from "../../src/nn/net.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { initialWeights, unpackWeights } from "../../src/train/weights.ts";

const [S, E, H] = [5, 3, 4];
const encoder = new Bidirectional("encoder", E, H);
const weights = initialWeights(encoder.parameters, 1);

/** What is read of rows of given lengths, `[S][B][2H]`. */
async function read(rows: readonly Float32Array[], lengths: readonly number[]): Promise<number[][][]> {
  const B = rows.length;
  const { weights: parts } = unpackWeights(
    encoder.parameters,
    input("parameters", [countOf(encoder.parameters)]),
  );
  const told = encoder.read(plainNet(parts), input("x", ["S", "B", E]), input("lengths", ["B"], "int64"));
  const executable = await nodeRuntime().compile(compile({ told }));
  const x = new Float32Array(S * B * E);
  rows.forEach((row, b) => {
    for (let s = 0; s < S; s++) x.set(row.subarray(s * E, (s + 1) * E), (s * B + b) * E);
  });
  const results = await executable.run({
    parameters: float32([weights.length], weights),
    x: float32([S, B, E], x),
    lengths: { dtype: "int64", shape: [B], data: BigInt64Array.from(lengths, BigInt) } as TensorValue,
  });
  await executable.dispose();
  const data = results["told"]!.data as Float32Array;
  const at = (s: number, b: number) => [...data.subarray((s * B + b) * 2 * H, (s * B + b + 1) * 2 * H)];
  return Array.from({ length: S }, (_, s) => Array.from({ length: B }, (_, b) => at(s, b)));
}

const rowOf = (seed: number) => {
  const row = new Float32Array(S * E);
  Random.stream(seed, "row").fillNormal(row);
  return row;
};

/** The row with one place changed. */
const changedAt = (row: Float32Array, place: number) =>
  row.map((x, i) => (Math.floor(i / E) === place ? x + 1 : x));

test("the first half is told by what comes before, the second by what comes after", async () => {
  const row = rowOf(1);
  const plain = await read([row], [S]);
  for (let place = 0; place < S; place++) {
    const other = await read([changedAt(row, place)], [S]);
    for (let s = 0; s < S; s++) {
      const [before, after] = [plain[s]![0]!, other[s]![0]!];
      const isSame = (from: number) => before.slice(from, from + H).every((x, i) => x === after[from + i]);
      expect(isSame(0), `forward at ${s} of ${place}`).toBe(s < place);
      expect(isSame(H), `backward at ${s} of ${place}`).toBe(s > place);
    }
  }
});

test("what pads a row tells nothing, and rows nothing of each other", async () => {
  const [one, other] = [rowOf(2), rowOf(3)];
  const alone = await read(
    [one.subarray(0, 3 * E), new Float32Array(S * E)].map((row) => padded(row)),
    [3, S],
  );
  const together = await read([changedAt(changedAt(one, 3), 4), other], [3, S]);
  for (let s = 0; s < 3; s++)
    together[s]![0]!.forEach((x, i) => {
      expect(x).toBeCloseTo(alone[s]![0]![i]!, 6);
    });
});

const padded = (row: Float32Array) => {
  const all = new Float32Array(S * E);
  all.set(row.subarray(0, S * E));
  return all;
};
