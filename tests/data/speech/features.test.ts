/** What speech is heard as: recordings to steps, and steps to sound. */
import { expect, test } from "vitest";
import type { ColumnsField } from "../../../src/data/fields.ts";
import { readSpeech } from "../../../src/data/files-speech.ts";
import { earsFor, earsOf } from "../../../src/data/speech/ears.ts";
import type { FeatureName } from "../../../src/data/speech/feature-names.ts";
import { hearingSchema } from "../../../src/data/speech/hearing.ts";
import { knownOfSpeech } from "../../../src/data/speech/knowledge.ts";
import { endOf, framesOfSteps, modelledSteps } from "../../../src/data/speech/modelled.ts";
import { soundOf } from "../../../src/data/speech/sound-of-steps.ts";
import { speechDataset } from "../../../src/data/speech/speech-dataset.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { Random } from "../../../src/random/generator.ts";
import { chirp, RATE, speechFolder } from "../../speech-folder.ts";
import { folderWith } from "../temporary.ts";
import { utterance } from "./utterances.ts";

const folder = speechFolder(folderWith({}), 4);

async function read(features: FeatureName) {
  const data = await readSpeech(folder, { features });
  const [first] = await sequencesIn(data.splits.train);
  return { data, first: first!, known: knownOfSpeech(data.modality), x: data.fields["x"] as ColumnsField };
}

test("mel: 40 bands on a grid, whether a step is the last, and what is known beside", async () => {
  const { data, first, known, x } = await read("mel");
  expect(Object.keys(data.fields)).toEqual(["x", "condition"]);
  expect(x.columns).toHaveLength(41);
  expect(x.columns.map(({ kind }) => kind).slice(39)).toEqual(["real", "binary"]);
  const steps = first.values["x"] as Float64Array;
  const rows = Array.from({ length: first.length }, (_, t) => steps.subarray(41 * t, 41 * (t + 1)));
  expect(rows.map((row) => row[40])).toEqual(rows.map((_, t) => Number(t === first.length - 1)));
  for (const value of rows[3]!.subarray(0, 40))
    expect(Math.abs(10 * value - Math.round(10 * value))).toBeLessThan(1e-9);
  const { columns } = data.fields["condition"] as ColumnsField;
  expect(columns.map(({ name, levels }) => [name, ...levels])).toEqual([
    ["text", "down", "up"],
    ["speaker", "ann", "bob"],
    ["seconds"],
    ["progress"],
  ]);
  const told = first.values["condition"] as Float64Array;
  expect([...told.subarray(0, 3)]).toEqual([1, 0, first.length / 100]); // up_ann is listed first
  expect([told[3], told.at(-1)]).toEqual([1 / first.length, 1]);
  expect(known.durations).toHaveLength(4);
  expect(known.durations!.every(({ lengths }) => lengths.length === 2)).toBe(true);
});

test("mel: utterances are held back for validation, as the model is told who speaks; of cepstra, a speaker is", () => {
  const said = Array.from({ length: 20 }, (_, i) => utterance(`u${i}`, 30, { speaker: `s${i % 5}` }));
  const noteOf = (features: FeatureName) =>
    speechDataset(said, "here", { features, frameRate: 100 }).notes[0];
  expect(noteOf("mel")).toBe(
    "2 of 20 utterances of the training files held back for validation, as the model is told who speaks; 18 train, 2 valid, 0 test",
  );
  expect(noteOf("cepstra")).toMatch(/^1 of 5 speakers/);
});

test("features that were computed elsewhere are no sound", async () => {
  const computed = folderWith({
    "manifest.csv": "path,text\na.mfc,up\n",
    "a.mfc": new Uint8Array(4 + 13 * 4),
  });
  await expect(readSpeech(computed, { features: "mel" })).rejects.toThrow(
    expect.objectContaining({
      code: "data/features",
      what: "--features mel hears recordings, and there are features alone",
      remedy: "give recordings, or train a run on features: --features cepstra",
    }),
  );
});

test("samples and whole numbers of 16 bits: 200 a step, the rest left out, nothing beside", async () => {
  for (const features of ["samples", "pcm"] as const) {
    const { data, first, known, x } = await read(features);
    expect(Object.keys(data.fields)).toEqual(["x"]);
    expect(known.hearing).toMatchObject({ features, width: 200, frameRate: 40, deltas: 0, stack: 1 });
    expect(earsOf(known.hearing)!.rate).toBe(RATE);
    const [column] = x.columns;
    expect(column).toMatchObject(
      features === "pcm" ? { kind: "quantised", range: [-32_768, 32_767] } : { kind: "real", resolution: 1 },
    );
    const values = first.values["x"] as Float64Array;
    expect(values.length).toBe(200 * first.length);
    expect(values.every(Number.isInteger)).toBe(true);
    expect(Math.max(...values)).toBeGreaterThan(9000);
  }
});

test("cepstra are heard unless told, as runs were before that say nothing of it", async () => {
  const { data, known } = await read("cepstra");
  expect(Object.keys(data.fields)).toEqual(["x", "frames", "letters"]);
  const { features: _, ...before } = known.hearing;
  expect(hearingSchema.parse(before)).toEqual(known.hearing);
});

test("a trained model hears others as it heard its own, and does not know who is new", async () => {
  const { data } = await read("mel");
  const others = await readSpeech(
    folder,
    { split: [0, 0, 1] },
    {
      ...data,
      fields: {
        ...data.fields,
        condition: {
          ...data.fields["condition"],
          columns: (data.fields["condition"] as ColumnsField).columns.map((column) =>
            column.name === "speaker" ? { ...column, levels: ["cat", "bob"] } : column,
          ),
        } as ColumnsField,
      },
    },
  );
  const [first] = await sequencesIn(others.splits.test);
  expect((first!.values["condition"] as Float64Array).subarray(0, 2)).toEqual(Float64Array.of(1, Number.NaN));
});

test("steps become frames again, up to their grid, and tell where the end is", () => {
  const { frames } = earsFor("mel", RATE);
  const heard = frames(chirp("up", "ann", Random.stream(1, "one")));
  const steps = modelledSteps("mel", heard);
  const back = framesOfSteps("mel", steps, 40);
  expect(back.length).toBe(heard.length);
  expect(Math.max(...back.values.map((value, i) => Math.abs(value - heard.values[i]!)))).toBeLessThan(0.0501);
  expect(endOf("mel", steps, 40)).toBe(heard.length);
  expect(endOf("mel", modelledSteps("mel", heard, false), 40)).toBeUndefined();
  steps[41 * 4 + 40] = 1;
  expect(endOf("mel", steps, 40)).toBe(5);
});

test.each(["mel", "samples", "pcm"] as const)("sound of %s is what was heard", async (features) => {
  const { known } = await read(features);
  const ears = earsOf(known.hearing)!;
  const samples = chirp("down", "bob", Random.stream(2, "one"));
  const { rate, channels } = soundOf(known.hearing, ears.frames(samples));
  expect(rate).toBe(RATE);
  const [again] = channels as [Float32Array];
  if (features === "mel") {
    // Phases are lost: what is heard of it is much the same.
    const [one, other] = [ears.frames(samples), ears.frames(again)];
    const loud = [...one.values.keys()].filter((i) => one.values[i]! > -6 && i < other.values.length);
    const off = loud.reduce((sum, i) => sum + Math.abs(one.values[i]! - other.values[i]!), 0) / loud.length;
    expect(loud.length).toBeGreaterThan(100);
    expect(off).toBeLessThan(0.7);
  } else {
    expect(again.length).toBe(200 * Math.floor(samples.length / 200));
    expect(Math.max(...again.map((sample, i) => Math.abs(sample - samples[i]!)))).toBeLessThanOrEqual(
      2 ** -16,
    );
  }
});

test("no sound is made of cepstra", async () => {
  const { known } = await read("cepstra");
  const frames = earsOf(known.hearing)!.frames(chirp("up", "ann", Random.stream(1, "one")));
  expect(() => soundOf(known.hearing, frames)).toThrow(expect.objectContaining({ code: "data/vocoder" }));
});
