/** The deep family keeps the contract: gradients of its bounds, leaks, particles, draws as likely as it says. */
import { describe, expect, test } from "vitest";
import type { ConditionColumn } from "../../src/data/dataset.ts";
import { constant } from "../../src/graph/index.ts";
import { Dmm, directions } from "../../src/models/dmm/dmm.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { Hierarchy } from "../../src/models/hierarchy/hierarchy.ts";
import { capabilitiesOf } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { Storn } from "../../src/models/storn/storn.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { objectives } from "../../src/objectives/index.ts";
import { plainColumn } from "../data/temporary.ts";
import { conforms, type DrawRow, samplesAsLikely, withoutPosteriors } from "./conformance.ts";
import "../slow.ts";

const columns = [plainColumn("a"), plainColumn("b")];
const condition: ConditionColumn = { ...plainColumn("price"), role: "covariate" };
const conditions = [condition];
const sizes = { hidden: 6, latent: 2 };
const tokens = { tokens: 7, embedding: 4, tied: true, ...sizes };
const token: DrawRow = (random) => [random.integer(7)];
const bounds = {
  elbo: objectives.elbo.create({}),
  iwae: objectives.iwae.create({ particles: 3 }),
  fivo: objectives.fivo.create({ particles: 3 }),
};

const binary = ["low", "middle", "high"].map((name) => plainColumn(name, { kind: "binary", mean: 0.4 }));
const chord: DrawRow = (random) => binary.map(() => random.integer(2));

describe("models keep the contract", () => {
  conforms("STORN", () => new Storn({ columns, ...sizes }), { objectives: bounds });
  conforms(
    "STORN of LSTM cells with conditions",
    () => new Storn({ columns, conditions, cell: "lstm", ...sizes }),
  );
  conforms("STORN of tokens", () => new Storn(tokens), { row: token, objectives: bounds });
  for (const reads of directions)
    conforms(`DMM whose posterior reads ${reads}`, () => new Dmm({ columns, reads, ...sizes, hidden: 7 }), {
      objectives: bounds,
    });
  conforms(
    "DMM of LSTM readers with conditions and a posterior of its own",
    () => new Dmm({ columns, conditions, cell: "lstm", reads: "both", residual: false, ...sizes }),
  );
  conforms("DMM of Student-t steps", () => new Dmm({ columns, latentFamily: "student-t", ...sizes }), {
    objectives: bounds,
  });
  conforms("hierarchy", () => new Hierarchy({ columns, ...sizes }), { objectives: bounds });
  conforms(
    "hierarchy of LSTM cells with conditions",
    () => new Hierarchy({ columns, conditions, cell: "lstm", residual: false, ...sizes }),
  );
  for (const [name, Model] of Object.entries({ Storn, Dmm, Hierarchy, Srnn }))
    conforms(`${name} with a flow`, () => new Model({ columns, flow: 2, ...sizes, latent: 3 }), {
      objectives: bounds,
    });
  conforms("VRNN of chords by NADE", () => new Vrnn({ columns: binary, emission: ["nade"], ...sizes }), {
    row: chord,
    objectives: bounds,
  });
});

describe("what is sampled is as likely as the model says", () => {
  const yesOrNo = [plainColumn("yes", { kind: "binary", mean: 0.4 })];
  samplesAsLikely("STORN", () => new Storn({ columns: yesOrNo, ...sizes }));
  for (const reads of directions)
    samplesAsLikely(
      `DMM whose posterior reads ${reads}`,
      () => new Dmm({ columns: yesOrNo, reads, ...sizes }),
    );
  // Weights of draws from their posteriors are too uneven here.
  samplesAsLikely("hierarchy", () => withoutPosteriors(new Hierarchy({ columns: yesOrNo, ...sizes })));
  samplesAsLikely("SRNN with a flow", () => new Srnn({ columns: yesOrNo, flow: 2, ...sizes }));
  samplesAsLikely("VRNN by NADE", () =>
    withoutPosteriors(new Vrnn({ columns: yesOrNo, emission: ["nade"], ...sizes })),
  );
});

test("a DMM that reads the past alone streams, the others do not", () => {
  const causal = directions.map((reads) => capabilitiesOf(new Dmm({ columns, reads, ...sizes })).causal);
  expect(Object.fromEntries(directions.map((reads, i) => [reads, causal[i]]))).toEqual({
    future: false,
    past: true,
    both: false,
  });
});

test("an RNN is a VRNN without latent variables", () => {
  const rnn = modelFamilies.rnn.build({ columns }, { hidden: 6 });
  const plain = new Vrnn({ columns, hidden: 6, latent: 0 });
  expect(rnn.parameters.map(({ name, shape }) => [name, shape])).toEqual(
    plain.parameters.map(({ name, shape }) => [name, shape]),
  );
  expect(capabilitiesOf(rnn).exact).toBe(true);
});

test("an emission with parameters of its own says nothing without them", () => {
  const { emission } = new Vrnn({ columns: binary, emission: ["nade"], ...sizes });
  const raw = constant(emission.initialBias, [1, emission.width]);
  expect(() => emission.mean(raw)).toThrow(/without them \(bind it/);
});
