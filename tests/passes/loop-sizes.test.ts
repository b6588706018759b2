/**
 * How many kernels the loops of a training step start at each of its steps. Each costs about 0.3 microseconds, which is what
 * small models spend their time on: a change of the model or of the passes that adds one has to say so here.
 */
import { expect, test } from "vitest";
import { columnOf } from "../../src/data/tables/statistics.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { processorPasses } from "../../src/passes/processor.ts";
import { gradientProgram } from "../../src/train/programs.ts";
import { kernelsOf } from "../onnx/read-model.ts";

const binary = columnOf({ name: "key", kind: "binary", levels: [] }, [0, 1, 1, 0]);
const real = columnOf({ name: "level", kind: "real", levels: [], resolution: 0.25 }, [99, 100, 101, 104]);

test.each([
  ["binary", binary],
  ["real", real],
] as const)("the default VRNN of %s columns", (_, column) => {
  const columns = [column, column];
  const model = modelFamilies.vrnn.build({ columns }, {});
  const program = gradientProgram(model, plainElbo, { passes: processorPasses() });
  expect(kernelsOf(program)).toEqual([31, 28]);
});

test.each([
  ["laplace", [31, 28]],
  ["student-t", [55, 44]], // degrees of freedom of each step scale its draw
] as const)("a VRNN of %s latent variables", (latentFamily, sizes) => {
  const model = modelFamilies.vrnn.build({ columns: [real, real] }, { latentFamily });
  expect(kernelsOf(gradientProgram(model, plainElbo, { passes: processorPasses() }))).toEqual(sizes);
});
