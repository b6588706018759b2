/** Values that stay where a runtime computes: the same numbers as without, none left behind, misuse refused by name. */
import { beforeEach, describe, expect, test } from "vitest";
import "../built.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import {
  type DeviceValue,
  emptyFloat32,
  float32,
  type Inputs,
  type Runtime,
  type TensorValue,
  type Values,
} from "../../src/runtime/runtime.ts";
import { distantRuntime } from "./distant-runtime.ts";

/** One step of gradient descent on the mean of (x · w − 1)² by hand, and the sum of x · w. */
function descent() {
  const [x, w] = [g.input("x", ["B", 2]), g.input("w", [2])];
  const y = g.sum(g.mul(x, w), [1]); // [B]
  const slope = g.sum(g.mul(x, g.reshape(g.add(y, -1), ["B", 1])), [0]); // [2]
  return lower({ "w.next": g.add(w, g.mul(slope, -0.1)), total: g.sum(y) });
}

const tensor = (shape: readonly number[], ...numbers: number[]): TensorValue<"float32"> =>
  float32(shape, Float32Array.from(numbers));
const numbersOf = (value: TensorValue | undefined): number[] => [
  ...((value as TensorValue).data as Float32Array),
];
const rows = () => tensor([3, 2], 1, 2, -1, 0.5, 0.25, 3);
const first = () => tensor([2], 0.3, -0.7);

/** The same steps in plain numbers, rounded as float32 is. */
function byHand(steps: number): number[] {
  let w = [0.3, -0.7];
  const x = rows().data;
  for (let step = 0; step < steps; step++) {
    const slope = [0, 0];
    for (let row = 0; row < 3; row++) {
      const [a, b] = [x[2 * row] as number, x[2 * row + 1] as number];
      const error = a * w[0]! + b * w[1]! - 1;
      slope[0]! += a * error;
      slope[1]! += b * error;
    }
    w = w.map((each, i) => each - 0.1 * slope[i]!);
  }
  return w;
}

const runtimes: Readonly<Record<string, () => Runtime>> = {
  "the host's memory": () => nodeRuntime(),
  "memory of its own": () => distantRuntime().runtime,
};

describe.each(Object.keys(runtimes))("a runtime with %s", (name) => {
  let runtime: Runtime;
  beforeEach(() => {
    runtime = (runtimes[name] as () => Runtime)();
  });

  test("computes the same in place as through the host, and as by hand", async () => {
    const executable = await runtime.compile(descent());
    const x = await runtime.upload(rows());
    let [here, there] = [await runtime.upload(first()), await runtime.upload(emptyFloat32([2]))];
    let host: TensorValue = first();
    for (let step = 0; step < 5; step++) {
      const { total, ...others } = await executable.run({ x, w: here }, { "w.next": there });
      expect(others).toEqual({});
      const plain = await executable.run({ x: rows(), w: host });
      expect(numbersOf(total)).toEqual(numbersOf(plain["total"]));
      [here, there] = [there, here];
      host = plain["w.next"] as TensorValue;
      expect(numbersOf(await runtime.download(here))).toEqual(numbersOf(host));
    }
    for (const [i, expected] of byHand(5).entries()) expect(numbersOf(host)[i]).toBeCloseTo(expected, 5);
    expect(runtime.held).toBe(3);
    for (const value of [x, here, there]) value.dispose();
    expect(runtime.held).toBe(0);
    await executable.dispose();
  });

  test("gives what stays when it is downloaded, though the value is written again and disposed of", async () => {
    const executable = await runtime.compile(descent());
    const w = await runtime.upload(first());
    const kept = await runtime.download(w);
    await executable.run({ x: rows(), w: first() }, { "w.next": w });
    expect(numbersOf(await runtime.download(w))).not.toEqual(numbersOf(first()));
    w.dispose();
    expect(kept).toEqual(first());
    await executable.dispose();
  });

  test("so do shards, which share one value and write to one each", async () => {
    const executable = await runtime.compileShards(descent(), 3);
    const shards = () => [{ x: rows() }, { x: tensor([1, 2], 4, -1) }, { x: tensor([2, 2], 1, 1, 2, 3) }];
    const plain = await executable.run({ w: first() }, shards());
    const w = await runtime.upload(first());
    const into = await Promise.all(shards().map(() => runtime.upload(emptyFloat32([2]))));
    for (let time = 0; time < 2; time++) {
      const results = await executable.run(
        { w },
        shards(),
        into.map((value) => ({ "w.next": value })),
      );
      expect(results.map(({ total }) => numbersOf(total))).toEqual(
        plain.map(({ total }) => numbersOf(total)),
      );
      expect(results.every((each) => !("w.next" in each))).toBe(true);
      const written = await Promise.all(into.map((value) => runtime.download(value)));
      expect(written.map(numbersOf)).toEqual(plain.map((each) => numbersOf(each["w.next"])));
    }
    const given = [emptyFloat32([2]), emptyFloat32([2]), emptyFloat32([2])];
    const results = await executable.run(
      { w },
      shards(),
      given.map((value) => ({ "w.next": value })),
    );
    for (const [i, each] of results.entries()) expect(each["w.next"]).toBe(given[i]);
    expect(given.map(numbersOf)).toEqual(plain.map((each) => numbersOf(each["w.next"])));
    for (const value of [w, ...into]) value.dispose();
    expect(runtime.held).toBe(0);
    await executable.dispose();
  });

  describe("refuses by name", () => {
    const refused = async (inputs: Inputs, into?: Inputs): Promise<{ code: string; message: string }> => {
      const executable = await runtime.compile(descent());
      const shards = await runtime.compileShards(descent(), 2);
      const { x, ...shared } = inputs;
      const own = () => ({ x: (x as TensorValue | undefined) ?? rows() });
      const failure = (await executable.run({ ...inputs, ...own() }, into).catch((error) => error)) as Error;
      const twice = [own(), { x: rows() }] as const;
      const ofShards = await shards.run(shared, twice, into && [into, into]).catch((error) => error);
      expect(ofShards.code).toBe((failure as Error & { code: string }).code);
      // Nothing of the failed run is left over: the next one has its own replies.
      const [a, b] = (await shards.run({ w: first() }, [{ x: rows() }, { x: rows() }])) as [Values, Values];
      expect(numbersOf(a["w.next"])).toEqual(numbersOf(b["w.next"]));
      await Promise.all([executable.dispose(), shards.dispose()]);
      return failure as Error & { code: string };
    };
    let value: DeviceValue;
    beforeEach(async () => {
      value = await runtime.upload(first());
    });

    test("what was disposed of, as an input, as an output, and to be downloaded", async () => {
      value.dispose();
      value.dispose();
      expect(runtime.held).toBe(0);
      const disposed = (what: string) => ({
        code: "runtime/disposed",
        message: `${what}, float32[2], was disposed of (dispose of a value after its last use, or upload it again)`,
      });
      expect(await refused({ w: value })).toMatchObject(disposed("the input w"));
      expect(await refused({ w: first() }, { "w.next": value })).toMatchObject(disposed("the output w.next"));
      await expect(runtime.download(value)).rejects.toMatchObject(disposed("a value"));
      expect(() => runtime.view(value)).toThrow(/was disposed of/);
    });

    test("what another runtime holds, though it be of the same kind", async () => {
      const other = (runtimes[name] as () => Runtime)();
      const strange = await other.upload(first());
      const message = `is held by another runtime (${other.name}) than this one (${runtime.name}) (download it there and upload it here)`;
      const failure = await refused({ w: strange });
      expect(failure).toMatchObject({
        code: "runtime/foreign",
        message: `the input w, float32[2], ${message}`,
      });
      await expect(runtime.download(strange)).rejects.toMatchObject({ code: "runtime/foreign" });
      expect([runtime.held, other.held]).toEqual([1, 1]);
    });

    test("what is of another type than is asked for", async () => {
      const wide = await runtime.upload(emptyFloat32([3]));
      expect(await refused({ w: wide })).toMatchObject({
        code: "runtime/run",
        message: "the input w is float32[3], not float32[2]",
      });
      expect(await refused({ w: first() }, { "w.next": wide })).toMatchObject({
        code: "runtime/run",
        message: "the output w.next is float32[3], not float32[2]",
      });
      expect(numbersOf(await runtime.download(wide))).toEqual([0, 0, 0]);
    });
  });
});

test("in the host's memory nothing is copied but what is downloaded", async () => {
  const runtime = nodeRuntime();
  const weights = first();
  const value = await runtime.upload(weights);
  expect(runtime.view(value)?.data).toBe(weights.data);
  const executable = await runtime.compile(descent());
  const before = numbersOf(weights);
  await executable.run({ x: rows(), w: tensor([2], ...before) }, { "w.next": value });
  expect(numbersOf(weights)).not.toEqual(before);
  await executable.dispose();
});
