import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { modelFamilies } from "../../src/models/families.ts";
import type { ModelData, ModelFamily } from "../../src/models/family.ts";
import { familyNames } from "../../src/models/loading.ts";
import { capabilitiesOf, latentWidth, type Model } from "../../src/models/model.ts";
import type { OptionNeed } from "../../src/options.ts";

const load: Column = {
  name: "load",
  kind: "real",
  levels: [],
  mean: 0,
  standardDeviation: 1,
  minimum: -3,
  maximum: 3,
  missing: 0,
  resolution: 0,
  shares: [],
};
const readout = { field: "label", over: "sequence", levels: 2 } as const;

/** Data with everything that a model could take, and with less. */
const materials: readonly ModelData[] = [
  { columns: [load], conditions: [{ ...load, name: "hour", role: "covariate" }], readout, scaleSteps: 4 },
  { columns: [load], conditions: [{ ...load, name: "hour", role: "covariate" }], scaleSteps: 4 },
  { columns: [load], scaleSteps: 4 },
  { columns: [load], conditions: [{ ...load, name: "hour", role: "covariate" }] },
  { columns: [load] },
  {
    columns: [load],
    conditions: [{ ...load, name: "hour", role: "covariate" }],
    scaleSteps: 4,
    transcripts: { phones: 8 },
  },
  { tokens: 5, readout },
  { tokens: 5 },
  { pairs: 5 },
  { captions: 5, picture: [16, 16, 3] },
  { frames: [16, 16], levels: 256 },
  { tracks: [load, { ...load, name: "side" }], seen: 5 },
];

/** What options are about, as it is seen on a model. */
const seen: Readonly<Record<OptionNeed, (model: Model) => boolean>> = {
  pixels: ({ inputs }) => inputs?.["picture"] !== undefined,
  latents: (model) => latentWidth(model) > 0,
  dropoutSites: ({ dropoutSites }) => Object.keys(dropoutSites).length > 0,
  recurrentWeights: ({ recurrentWeights = [] }) => recurrentWeights.length > 0,
  conditions: ({ conditions = [] }) => conditions.length > 0,
  labels: (model) => model.readout !== undefined,
  transcripts: ({ transcriber }) => transcriber !== undefined,
  choices: ({ observation, readout }) => observation?.dtype === "int64" || readout !== undefined,
  units: ({ units = false }) => units,
  particles: (model) => !capabilitiesOf(model).smooths,
};

const tried = (family: ModelFamily): { readonly data: ModelData; readonly model: Model }[] =>
  materials.flatMap((data) =>
    [{}, { latent: 2 }].flatMap((options) => {
      try {
        return [{ data, model: family.build(data, options) }];
      } catch {
        return [];
      }
    }),
  );

describe.each(familyNames)("%s says of itself what its models have", (name) => {
  const family = modelFamilies[name];
  const models = tried(family);

  test("that options are about", () => {
    const found = (Object.keys(seen) as OptionNeed[]).filter((need) =>
      models.some(({ model }) => seen[need](model)),
    );
    expect([...family.has].sort()).toEqual(found.sort());
  });

  test("which materials they are of", () => {
    const kinds = {
      columns: "table",
      tokens: "text",
      pairs: "pairs",
      frames: "images",
      tracks: "motion",
    } as const;
    for (const [kind, material] of Object.entries(kinds))
      expect(family.materials.includes(material as "table")).toBe(models.some(({ data }) => kind in data));
  });
});
