/** Twins of models of text: what of a run is theirs, and when they stand beside it. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { labelledDataset, textDataset } from "../../src/data/text/text-dataset.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { dataSchema } from "../../src/run/data-schema.ts";
import { RunFolder, TWIN } from "../../src/run/folder.ts";
import { newFieldsConfig } from "../../src/run/run.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { twinBeside, twinOf } from "../../src/workbench/twin.ts";
import { scratchFolder } from "../run/scratch.ts";

const text = textDataset("ab\nba\n".repeat(30), "a.txt", { unit: "characters", per: "line" });
const labelled = labelledDataset(
  Array.from({ length: 30 }, (_, i) => ({ name: `${i}`, text: "ab", label: i % 2 === 0 ? "a" : "b" })),
  "a.csv",
  { unit: "characters" },
);

const configOf = (model: object, training: object = {}, family: "vrnn" | "srnn" | "classify" = "vrnn") =>
  newFieldsConfig({
    ...{ family, path: "a.txt", data: family === "classify" ? labelled : text },
    model: modelFamilies[family].options.parse(model),
    training: trainingOptions.parse(training),
    schema: dataSchema.parse(family === "classify" ? { label: "label" } : {}),
  });

describe("the twin of a run", () => {
  test("is the same without all that is about latent variables", async () => {
    const model = {
      hidden: 6,
      embedding: 3,
      tied: true,
      latent: 4,
      latentScope: "sequence",
      bagOfWords: true,
    };
    const training = {
      freeBits: 0.1,
      klWarmupSteps: 9,
      dropout: 0.2,
      dropoutAt: { z: 0.5, x: 0.1 },
      seed: 7,
    };
    const twin = twinOf(await configOf(model, training))!;
    const plain = await configOf({ hidden: 6, embedding: 3, tied: true, latent: 0 }, { seed: 7 });
    expect(twin.model).toEqual(plain.model);
    expect(twin.training).toEqual({ ...plain.training, dropout: 0.2, dropoutAt: { x: 0.1 } });
    expect(twin.fields).toEqual(plain.fields);
  });

  test("is learnt by the likelihood where the run is by a bound of particles", async () => {
    const twin = twinOf(await configOf({ latent: 2 }, { objective: "fivo", particles: 8 }))!;
    expect(twin.training).toEqual(trainingOptions.parse({}));
  });

  test("is none of a model without latent variables, of one that cannot be without, and of a classifier", async () => {
    expect(twinOf(await configOf({ latent: 0 }))).toBeUndefined();
    expect(twinOf(await configOf({ latent: 2 }, {}, "srnn"))).toBeUndefined();
    const told = await configOf({ latent: 2 }, { objective: "cross-entropy" }, "classify");
    expect(twinOf(told)).toBeUndefined();
  });
});

describe("beside a run", () => {
  test("stands a twin that was trained as long, and gives way with the run unless it is being trained", async () => {
    const path = join(scratchFolder(), "run");
    const config = await configOf({ latent: 2 }, { epochs: 3 });
    const folder = RunFolder.create(path, config);
    folder.unlock();
    expect(twinBeside({ config, folder })).toEqual({ lacking: expect.stringContaining("--latent 0") });
    const own = join(path, TWIN);
    mkdirSync(own);
    const twin = RunFolder.create(own, twinOf(config)!);
    expect(twinBeside({ config, folder })).toEqual({ lacking: expect.stringContaining("--resume") });
    twin.append({ step: 3, "best/train/elbo": -1 });
    expect(twinBeside({ config, folder })).toEqual({ run: own });
    const longer = { ...config, training: { ...config.training, epochs: 6 } };
    expect(twinBeside({ config: longer, folder })).toEqual({ lacking: expect.stringContaining("--resume") });
    expect(() => RunFolder.create(path, config, true)).toThrow(
      expect.objectContaining({ code: "run/locked" }),
    );
    expect(RunFolder.isRun(path) && RunFolder.isRun(own)).toBe(true);
    twin.unlock();
    RunFolder.create(path, config, true).unlock();
    expect(existsSync(own)).toBe(false);
  });
});
