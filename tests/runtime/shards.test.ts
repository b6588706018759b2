import { afterEach, describe, expect, test } from "vitest";
import "../built.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type ShardedExecutable, type TensorValue, type Values } from "../../src/runtime/runtime.ts";

const vector = (...numbers: number[]): TensorValue => float32([numbers.length], Float32Array.from(numbers));
const shard = (...numbers: number[]): Values => ({ x: vector(...numbers) });
const numbersOf = (value: TensorValue | undefined): number[] => [
  ...((value as TensorValue).data as Float32Array),
];

let executable: ShardedExecutable;
afterEach(() => executable.dispose());

test("a run that fails on every shard fails once, and the next run gets its own replies", async () => {
  const product = lower({ y: g.mul(g.input("x", ["B"]), g.input("w", [1])) });
  executable = await nodeRuntime().compileShards(product, 3);
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  await expect(executable.run({}, [shard(1), shard(2), shard(3)])).rejects.toThrow(/the input w is missing/);
  const shared = { w: vector(10) };
  const results = await executable.run(shared, [shard(1), shard(2, 3), shard(4)]);
  expect(results.map(({ y }) => numbersOf(y))).toEqual([[10], [20, 30], [40]]);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

describe("large inputs that all shards get", () => {
  const size = 100_000;
  const filled = (value: number) => float32([size], new Float32Array(size).fill(value));
  const summed = lower({ y: g.mul(g.input("x", ["B"]), g.sum(g.input("w", ["P"]))) });

  test("are read anew at every run, whether they are the same tensor or of another size", async () => {
    executable = await nodeRuntime().compileShards(summed, 3);
    const w = filled(1);
    const answers = async (shared: Values) =>
      (await executable.run(shared, [shard(1), shard(2), shard(3)])).map(({ y }) => numbersOf(y)[0]);
    expect(await answers({ w })).toEqual([size, 2 * size, 3 * size]);
    (w.data as Float32Array).fill(2); // changed in place, as an optimiser does
    expect(await answers({ w })).toEqual([2 * size, 4 * size, 6 * size]);
    const half = float32([size / 2], new Float32Array(size / 2).fill(1));
    expect(await answers({ w: half })).toEqual([size / 2, size, (3 * size) / 2]);
    expect(await answers({ w })).toEqual([2 * size, 4 * size, 6 * size]);
  });
});

describe("device values that shards write to", () => {
  const sum = lower({ y: g.add(g.input("x", ["B"]), g.input("w", ["B"])) });
  const runtime = nodeRuntime();
  const places = async () => [
    { y: await runtime.upload(vector(0, 0)) },
    { y: await runtime.upload(vector(0, 0)) },
  ];
  const seen = async (into: Awaited<ReturnType<typeof places>>) =>
    Promise.all(into.map(async ({ y }) => numbersOf(await runtime.download(y))));

  test("are written again and again, and in the memory that they had", async () => {
    executable = await runtime.compileShards(sum, 2);
    const into = await places();
    await executable.run({ w: vector(1, 1) }, [shard(1, 2), shard(3, 4)], into);
    expect(await seen(into)).toEqual([
      [2, 3],
      [4, 5],
    ]);
    const before = runtime.view(into[1]!.y)!.data;
    await executable.run({ w: vector(2, 2) }, [shard(1, 2), shard(3, 4)], into);
    expect(await seen(into)).toEqual([
      [3, 4],
      [5, 6],
    ]);
    expect(before).toHaveLength(0); // it went to the thread, and came back as the new view
  });

  test("still have their memory after a run that failed", async () => {
    executable = await runtime.compileShards(sum, 2);
    const into = await places();
    await executable.run({ w: vector(1, 1) }, [shard(1, 2), shard(3, 4)], into);
    await expect(executable.run({}, [shard(1, 2), shard(3, 4)], into)).rejects.toThrow(/input w is missing/);
    expect(runtime.view(into[1]!.y)?.data).toHaveLength(2);
    await executable.run({ w: vector(3, 3) }, [shard(1, 2), shard(3, 4)], into);
    expect(await seen(into)).toEqual([
      [4, 5],
      [6, 7],
    ]);
  });

  test("may be read by the run that writes them", async () => {
    executable = await runtime.compileShards(sum, 2);
    const into = await places();
    for (let i = 0; i < 3; i++) await executable.run({ w: into[1]!.y }, [shard(1, 1), shard(1, 2)], into);
    expect(numbersOf(await runtime.download(into[1]!.y))).toEqual([3, 6]);
  });

  const came = async () => {
    executable = await runtime.compileShards(sum, 2);
    const into = await places();
    await executable.run({ w: vector(1, 1) }, [shard(1, 2), shard(3, 4)], into);
    return { into, data: runtime.view(into[1]!.y)!.data as Float32Array }; // 4, 5
  };

  test("may be read through another tensor of the same memory, by all shards or by one", async () => {
    const { into, data } = await came();
    await executable.run({ w: float32([2], data) }, [shard(1, 2), shard(3, 4)], into);
    expect(await seen(into)).toEqual([
      [5, 7],
      [7, 9],
    ]);
    const again = float32([2], runtime.view(into[1]!.y)!.data as Float32Array);
    await executable.run({ w: vector(1, 1) }, [shard(1, 2), { x: again }], into);
    expect(await seen(into)).toEqual([
      [2, 3],
      [8, 10],
    ]);
  });

  test("may be written to through what shows them", async () => {
    const { into } = await came();
    const shown = runtime.view(into[1]!.y)!;
    const run = [{ w: vector(2, 2) }, [shard(1, 2), shard(3, 4)], [{}, { y: shown }]] as const;
    const [, second] = await executable.run(...run);
    expect(second!["y"]).toBe(shown);
    expect(numbersOf(await runtime.download(into[1]!.y))).toEqual([5, 6]);
  });

  test("give a download that stays when they are written again", async () => {
    const { into } = await came();
    const kept = await runtime.download(into[1]!.y);
    await executable.run({ w: vector(2, 2) }, [shard(1, 2), shard(3, 4)], into);
    expect(numbersOf(kept)).toEqual([4, 5]);
  });

  test("keep their numbers when inputs cannot be handed over, which is told by name", async () => {
    const { into } = await came();
    const gone = vector(1, 2);
    structuredClone(gone.data, { transfer: [gone.data.buffer as ArrayBuffer] });
    const run = executable.run({ w: vector(1, 1) }, [shard(1, 2), { x: gone }], into);
    await expect(run).rejects.toMatchObject({
      code: "runtime/run",
      message: expect.stringMatching(/cannot be handed over to its thread: .*detached/),
    });
    expect(numbersOf(await runtime.download(into[1]!.y))).toEqual([4, 5]);
    await executable.run({ w: vector(3, 3) }, [shard(1, 2), shard(3, 4)], into);
    expect((await seen(into))[1]).toEqual([6, 7]);
  });
});
