import { beforeEach, expect, test, vi } from "vitest";
import type { Column, ColumnKind } from "../../src/data/dataset.ts";
import { tableFields } from "../../src/data/field-dataset.ts";
import type { Model } from "../../src/models/model.ts";

const column = (kind: ColumnKind): Column => ({
  name: "load",
  kind,
  levels: [],
  resolution: 0,
  mean: 0.5,
  standardDeviation: 0.1,
  minimum: 0,
  maximum: 1,
  missing: 0,
  shares: [],
});

/** Modules as a page's worker has them, in which nothing has asked for a rare distribution yet. */
const freshModules = async () => ({
  ...(await import("../../src/distributions/mixed.ts")),
  ...(await import("../../src/distributions/latent/families.ts")),
  ...(await import("../../src/models/loading.ts")),
});

beforeEach(() => {
  vi.resetModules();
});

test("a rare distribution is refused by name until it is loaded", async () => {
  const { emissionOf, latentFamilies } = await freshModules();
  const refusal = { code: "distribution/unloaded", remedy: expect.stringContaining("buildModel") };
  expect(emissionOf([column("real")]).width).toBe(2);
  expect(() => emissionOf([column("real")], ["student-t"])).toThrow(
    expect.objectContaining({ ...refusal, message: expect.stringContaining("student-t is not loaded") }),
  );
  expect(() => latentFamilies.laplace).toThrow(expect.objectContaining(refusal));
  expect(Object.keys(latentFamilies)).toEqual(["normal", "student-t", "laplace"]);
});

test.each([
  { what: "a distribution by name", kind: "real", model: { emission: ["load=student-t"] } },
  { what: "the default of a kind", kind: "proportion", model: {} },
  { what: "a family of latent variables", kind: "real", model: { latentFamily: "laplace" } },
] as const)("a model that asks for $what is built with it", async ({ kind, model }) => {
  const { buildModel, loadFamily } = await freshModules();
  const fields = tableFields({ columns: [column(kind)] });
  const { build } = await loadFamily("vrnn");
  expect(() => build({ columns: [column(kind)] }, model)).toThrow(
    expect.objectContaining({ code: "distribution/unloaded" }),
  );
  const shapes = ({ parameters }: Model) => parameters.map(({ name, shape }) => [name, shape]);
  const built = await buildModel({ family: "vrnn", model, fields });
  expect(shapes(built)).toEqual(shapes(build({ columns: [column(kind)] }, model)));
});

test("what cannot be built is refused for its own reason", async () => {
  const { buildModel } = await freshModules();
  const fields = tableFields({ columns: [column("real")] });
  await expect(buildModel({ family: "vrnn", model: { emission: ["poisson"] }, fields })).rejects.toThrow(
    expect.objectContaining({ code: "distribution/kind" }),
  );
});
