/** What is chosen for columns whose process is known. */
import { describe, expect, test } from "vitest";
import type { Column, Dataset } from "../../src/data/dataset.ts";
import { columnOf } from "../../src/data/tables/statistics.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { centredData } from "../../src/workbench/centres.ts";
import { chooseEmissions } from "../../src/workbench/choose.ts";
import { judge } from "../../src/workbench/trial.ts";
import { waysOf } from "../../src/workbench/ways.ts";
import { plainColumn } from "../data/temporary.ts";
import { errorOf } from "../run/scratch.ts";
import "../slow.ts";

const runtime = nodeRuntime();
const [TRAIN, VALID] = [600, 300];

/** One series of some columns, in a training and a validation part. */
function dataOf(
  processes: Readonly<Record<string, (random: Random, t: number, before: readonly number[]) => number>>,
): Dataset {
  const names = Object.keys(processes);
  const series = names.map((name) => {
    const random = Random.stream(5, name);
    const values: number[] = [];
    while (values.length < TRAIN + VALID) values.push(processes[name]!(random, values.length, values));
    return values;
  });
  const columns = names.map(
    (name, d): Column =>
      columnOf({ name, kind: "real", levels: [], resolution: 0 }, series[d]!.slice(0, TRAIN)),
  );
  const part = (from: number, to: number) => ({
    name: "one",
    length: to - from,
    offset: from,
    values: Float64Array.from(
      { length: (to - from) * names.length },
      (_, i) => series[i % names.length]![from + Math.floor(i / names.length)]!,
    ),
  });
  return {
    columns,
    splits: { train: [part(0, TRAIN)], valid: [part(TRAIN, TRAIN + VALID)], test: [] },
    notes: [],
  };
}

test("a season that no training sequence has twice is refused", () => {
  const data = dataOf({ a: (random) => random.normal() });
  const around = (season: number) => () => centredData(data, { center: [`season:${season}`] });
  expect(errorOf(around(TRAIN))).toMatchObject({
    code: "data/season",
    what: `a season of ${TRAIN} steps does not fit the data: the longest training sequence has ${TRAIN} steps`,
  });
  expect(around(TRAIN - 1)).not.toThrow();
});

test("a way that leaves all bounds is not taken, and stops nothing", async () => {
  const data = dataOf({ a: (random) => random.normal(), b: (random) => random.normal() });
  const training = { ...trainingOptions.parse({ window: 64, shards: 1 }), learningRate: 1e30 };
  const model = { hidden: 4, latent: 0, emission: [], center: [] };
  const nats = await judge({ data, model, training, runtime, horizon: 4 }, {});
  expect(nats.map(({ length }) => length)).toEqual([VALID, VALID]);
  for (const each of nats.flatMap((own) => [...own])) expect(each).toBeLessThan(-1e5);
});

describe("the emissions that are chosen", () => {
  test("look back where a column wanders or comes again, and not where it is noise", async () => {
    const data = dataOf({
      noise: (random) => random.normal(),
      walk: (random, _, before) => (before.at(-1) ?? 0) + random.normal(),
      season: (random, t, before) => (t < 12 ? 3 * random.normal() : before[t - 12]!) + 0.3 * random.normal(),
    });
    const notes: string[] = [];
    const { model, data: told } = await chooseEmissions({
      data,
      model: { hidden: 16, latent: 4, emission: [], center: [] },
      training: trainingOptions.parse({ window: 64, shards: 1 }),
      runtime,
      notice: (lines) => notes.push(...lines),
    });
    const center = model["center"] as readonly string[];
    expect(center[0]).toBe("noise=mean");
    expect(["walk=last", "walk=mean"]).toContain(center[1]);
    if (center[1] === "walk=mean")
      expect((model["emission"] as readonly string[])[1]).toBe("walk=persistent");
    expect(center[2]).toMatch(/^season=season:12/);
    expect(told.conditions?.map(({ name }) => name)).toEqual(["season 12 steps ago"]);
    expect(model["latent"]).toBe(4);
    expect(notes[0]).toBe("a season of 12 steps: season");
    expect(notes.filter((note) => note.startsWith("told as")).length).toBeGreaterThan(1);
  });

  test("are the usual ones without validation data", async () => {
    const data = dataOf({ noise: (random) => random.normal() });
    const model = { hidden: 16, latent: 4, emission: [], center: [] };
    const chosen = await chooseEmissions({
      data: { ...data, splits: { ...data.splits, valid: [] } },
      model,
      training: trainingOptions.parse({}),
      runtime,
      notice: () => expect.unreachable(),
    });
    expect(chosen.model).toBe(model);
  });

  test("are tried around each season, as sizes where a column is above 0, and not at all where there is one way", () => {
    const seasons = [{ steps: 24, strength: 1 }];
    const names = (column: Column, judged = 1000) =>
      waysOf(column, seasons, judged).map(({ family, center }) => `${family} ${center}`);
    expect(names(plainColumn("a", { minimum: -1 }))).toEqual([
      "gaussian mean",
      "student-t mean",
      "gaussian last",
      "student-t last",
      "student-t season:24",
      "student-t season:24+last",
      "persistent mean",
    ]);
    expect(names(plainColumn("a", { minimum: 1 }))).toContain("log-normal season:24+last");
    expect(names(plainColumn("a", { minimum: -1 }), 100).some((way) => way.endsWith(" last"))).toBe(false);
    expect(names(plainColumn("a", { kind: "binary" }))).toEqual([]);
  });
});
