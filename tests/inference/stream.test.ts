import { describe, expect, test } from "vitest";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream, type StreamAnswer, type StreamOptions } from "../../src/inference/stream.ts";
import type { StreamState } from "../../src/inference/stream-state.ts";
import { Vrnn, type VrnnOptions } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { mixed, sequencesOf, someWeights } from "./columns.ts";

const seed = 3;
const sequence = sequencesOf([40])[0]!;
const width = mixed.length;

function modelOf(options: Partial<VrnnOptions>): Vrnn {
  const usual = { hidden: 7, latent: 3, cell: "gru", layers: 1, residual: true } as const;
  return new Vrnn({ columns: mixed, ...usual, ...options });
}

const lstm = modelOf({ cell: "lstm", layers: 2, emission: ["persistent"] });

const settingsOf = (model: Vrnn) => ({
  runtime: nodeRuntime(),
  model,
  weights: someWeights(model),
  columns: mixed,
  seed,
});

const open = (model: Vrnn, options: Partial<StreamOptions> = {}) =>
  Stream.open({ ...settingsOf(model), name: sequence.name, ...options });

const rowAt = (t: number) => sequence.values.subarray(t * width, (t + 1) * width);

async function follow(stream: Stream, from = 0, to = sequence.length): Promise<StreamAnswer[]> {
  const answers: StreamAnswer[] = [];
  for (let t = from; t < to; t++) answers.push(await stream.step(rowAt(t)));
  return answers;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  Array.from(actual).forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected[i]!)));
  });
}

describe("a stream gives what the whole sequence gives at once, with values missing", () => {
  test.each([
    ["GRU, default outputs", modelOf({})],
    ["LSTM in two layers, persistent outputs", lstm],
    ["Student-t latent variables", modelOf({ latentFamily: "student-t" })],
  ])("%s", async (_, model) => {
    const [whole] = await scoreSequences({ ...settingsOf(model), sequences: [sequence] });
    const stream = await open(model);
    const answers = await follow(stream);
    expect(sequence.values.some(Number.isNaN)).toBe(true);
    expect(answers.map(({ step }) => step)).toEqual(
      [...sequence.values.keys()].slice(1, sequence.length + 1),
    );
    expectClose(
      answers.map(({ total }) => total),
      whole!.total,
    );
    expectClose(
      answers.map(({ kl }) => kl),
      whole!.kl,
    );
    for (const part of ["logLikelihood", "emissionMean", "latent"] as const)
      expectClose(
        answers.flatMap((answer) => [...answer[part]]),
        whole![part],
      );
    await stream.close();
  });
});

describe("the state", () => {
  test("read, kept as JSON and restored, goes on with the very same numbers", async () => {
    const stream = await open(lstm);
    await follow(stream, 0, 7);
    const kept = JSON.parse(JSON.stringify(stream.state));
    const rest = await follow(stream, 7);
    const resumed = await open(lstm, { state: kept });
    expect(await follow(resumed, 7)).toEqual(rest);
    resumed.restore(kept);
    expect(await follow(resumed, 7)).toEqual(rest);
    await Promise.all([stream.close(), resumed.close()]);
  });

  test("of another model is refused", async () => {
    const stream = await open(modelOf({}));
    await expect(open(lstm, { state: stream.state })).rejects.toThrow(
      expect.objectContaining({ code: "stream/state" }),
    );
    await stream.close();
  });
});

describe("what is no state", () => {
  const kept = async () => {
    const stream = await open(lstm);
    await follow(stream, 0, 3);
    const { state } = stream;
    return { stream, state };
  };
  const [first] = Object.keys(lstm.state);

  test.each<[string, (state: StreamState) => unknown]>([
    ["nothing", () => undefined],
    ["null", () => null],
    ["a step below 0", (state) => ({ ...state, step: -1 })],
    ["half a step", (state) => ({ ...state, step: 1.5 })],
    ["no number of steps", (state) => ({ ...state, step: Number.NaN })],
    ["a step as text", (state) => ({ ...state, step: "7" })],
    ["no noise", ({ step, parts }) => ({ step, parts })],
    ["noise of three words", (state) => ({ ...state, noise: { stream: [1, 2, 3], position: 0 } })],
    ["noise from before its beginning", (state) => ({ ...state, noise: { ...state.noise, position: -64 } })],
    ["no parts", ({ step, noise }) => ({ step, noise })],
    ["a part too few", (state) => ({ ...state, parts: without(state.parts, first!) })],
    ["a part too many", (state) => ({ ...state, parts: { ...state.parts, more: [1] } })],
    ["a part that is null", (state) => ({ ...state, parts: { ...state.parts, [first!]: null } })],
    ["null, as JSON keeps NaN", (state) => ({ ...state, parts: spoilt(state.parts, first!, null) })],
    ["NaN", (state) => ({ ...state, parts: spoilt(state.parts, first!, Number.NaN) })],
    ["what is infinite as a float32", (state) => ({ ...state, parts: spoilt(state.parts, first!, 1e300) })],
    ["text", (state) => ({ ...state, parts: spoilt(state.parts, first!, "1") })],
  ])("is refused: %s; and the stream stands where it stood", async (_, spoil) => {
    const { stream, state } = await kept();
    const restore = () => stream.restore(spoil(state) as StreamState);
    expect(restore).toThrow(expect.objectContaining({ code: "stream/state" }));
    expect(stream.state).toEqual(state);
    await stream.close();
  });

  const without = (parts: StreamState["parts"], name: string) =>
    Object.fromEntries(Object.entries(parts).filter(([part]) => part !== name));
  const spoilt = (parts: StreamState["parts"], name: string, value: unknown) => ({
    ...parts,
    [name]: parts[name]!.map((number, i) => (i === 1 ? value : number)),
  });
});

describe("forecasts", () => {
  test("do not change the scores; a mean comes without an interval, nothing without either", async () => {
    const kinds = ["interval", "mean", "none"] as const;
    const streams = await Promise.all(kinds.map((forecast) => open(lstm, { forecast })));
    const [interval, mean, none] = await Promise.all(streams.map((stream) => follow(stream, 0, 5)));
    expect(interval!.map(({ total }) => total)).toEqual(none!.map(({ total }) => total));
    expect(Object.keys(interval![0]!.forecast!)).toEqual(["mean", "low", "high"]);
    expect(Object.keys(mean![0]!.forecast!)).toEqual(["mean"]);
    expect(none![0]).not.toHaveProperty("forecast");
    await Promise.all(streams.map((stream) => stream.close()));
  });

  test("lie in the units of the data: levels by index, shares of ones, an interval around the middle", async () => {
    const stream = await open(lstm, { draws: 200 });
    for (const { forecast } of await follow(stream)) {
      const { mean, low, high } = forecast!;
      expect(Math.abs(mean[0]! - mixed[0]!.mean)).toBeLessThan(5 * mixed[0]!.standardDeviation);
      expect(low![0]).toBeLessThan(high![0]!);
      expect(mean[1]).toBeGreaterThan(0);
      expect(mean[1]).toBeLessThan(1);
      expect([0, 1, 2]).toContain(mean[2]);
      expect(low![2]).toBeNaN();
    }
    await stream.close();
  });

  test("hold: of what the model makes up itself, four values of five fall inside the interval", async () => {
    const columns = [{ ...mixed[0]!, resolution: 0 }];
    const settings = { ...settingsOf(modelOf({ columns })), columns };
    const [made] = await sampleSequences({ ...settings, count: 1, steps: 1500 });
    const stream = await Stream.open({ ...settings, draws: 32 });
    let inside = 0;
    let last: StreamAnswer | undefined;
    for (const value of made!.values) {
      const { low, high } = last?.forecast ?? {};
      if (low && high && value > low[0]! && value < high[0]!) inside += 1;
      last = await stream.step([value]);
    }
    // The state is of the posterior, not of the latent variables that were drawn, so a little more falls outside.
    expect(inside / 1499).toBeGreaterThan(0.75);
    expect(inside / 1499).toBeLessThan(0.85);
    await stream.close();
  });
});

describe("misuse is refused", () => {
  test("a step of another width, or while one is under way; the stream goes on", async () => {
    const stream = await open(lstm);
    await expect(stream.step([1, 2])).rejects.toThrow(/x has 2 values, it takes 3/);
    const first = stream.step(rowAt(0));
    await expect(stream.step(rowAt(1))).rejects.toThrow(expect.objectContaining({ code: "stream/busy" }));
    await first;
    expect((await stream.step(rowAt(1))).step).toBe(2);
    await stream.close();
  });
});
