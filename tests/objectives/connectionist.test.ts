/** Transcripts told by connectionist temporal classification: sums, weights and counts, against PyTorch's losses and gradients. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { PAD } from "../../src/data/text/tokens.ts";
import { addAll, input, mul, type Tensor } from "../../src/graph/index.ts";
import type { Model } from "../../src/models/model.ts";
import { connectionist } from "../../src/objectives/ctc.ts";
import type { Fed, Trace } from "../../src/objectives/objective.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { groupOf, readFixture } from "../fixtures/fixture.ts";
import { errorOf } from "../run/scratch.ts";

const fixture = readFixture("vrnn/ctc");

interface Case {
  readonly shape: readonly [steps: number, batch: number, levels: number];
  readonly logits: readonly number[];
  readonly steps: readonly number[];
  /** `[B][·]` */
  readonly labels: readonly (readonly number[])[];
  /** Of each sequence, and by the logits of their sum, `[T, B, K]`. */
  readonly nats: readonly number[];
  readonly slopes: readonly number[];
}

function caseOf(name: string): Case {
  const { logits, labels, steps, counts } = groupOf(fixture, `${name}/inputs`);
  const shape = logits!.shape as unknown as Case["shape"];
  const width = labels!.data.length / shape[1];
  return {
    ...{ shape, logits: logits!.data, steps: steps!.data },
    labels: counts!.data.map((count, row) => labels!.data.slice(row * width, row * width + count)),
    nats: groupOf(fixture, `${name}/outputs`)["nats"]!.data,
    slopes: groupOf(fixture, `${name}/gradients`)["logits"]!.data,
  };
}

const whole = (shape: readonly number[], data: readonly number[]) =>
  ({
    ...{ dtype: "int64", shape, data: BigInt64Array.from(data, BigInt) },
  }) as const;

/** The objective of two heads that say the same of each step, of transcripts of their own. */
async function evaluated(
  { shape, logits, steps }: Case,
  transcripts: Readonly<Record<"phones" | "letters", Case["labels"]>>,
) {
  const [, batch, levels] = shape;
  const heads = { phones: { weight: 1 }, letters: { weight: 0.3 } } as const;
  const symbols = Object.fromEntries(
    Object.entries(heads).map(([field, { weight }]) => [
      field,
      { logits: input(`logits.${field}`, ["T", "B", levels]), weight },
    ]),
  );
  const inputs: Record<string, Tensor> = { "ctc.steps": input("ctc.steps", ["B"], "int64") };
  for (const field of Object.keys(heads)) {
    inputs[`ctc.${field}.ids`] = input(`ctc.${field}.ids`, ["B", "S"], "int64");
    inputs[`ctc.${field}.length`] = input(`ctc.${field}.length`, ["B"], "int64");
  }
  const { loss, figures } = connectionist.terms({ inputs, symbols } as unknown as Trace, {} as Fed);
  const total = addAll(loss.map(({ sum, weight = 1 }) => mul(sum, weight)));
  const names = Object.keys(figures);
  const points = Object.values(symbols).map((own) => own.logits);
  const [totalOut, ...rest] = optimise([total, ...Object.values(figures), ...points]) as [
    Tensor,
    ...Tensor[],
  ];
  const slopes = gradients(totalOut, rest.slice(names.length));
  const outputs = finish([totalOut, ...rest.slice(0, names.length), ...slopes]);
  const called = ["total", ...names, "slope.phones", "slope.letters"];
  const executable = await nodeRuntime().compile(
    lower(Object.fromEntries(called.map((name, i) => [name, outputs[i]!]))),
  );
  const width = Math.max(1, ...Object.values(transcripts).flatMap((all) => all.map((own) => own.length)));
  const feeds = Object.entries(transcripts).flatMap(([field, all]) => [
    [`logits.${field}`, { dtype: "float32", shape, data: Float32Array.from(logits) }],
    [
      `ctc.${field}.ids`,
      whole(
        [batch, width],
        all.flatMap((own) => [...own, ...Array<number>(width - own.length).fill(PAD)]),
      ),
    ],
    [
      `ctc.${field}.length`,
      whole(
        [batch],
        all.map((own) => own.length),
      ),
    ],
  ]);
  const results = await executable.run({
    ...Object.fromEntries(feeds),
    "ctc.steps": whole([batch], steps),
  });
  await executable.dispose();
  expect(loss.map(({ per }) => per)).toEqual(["sequences", "sequences"]);
  const numbers = (name: string) => Array.from(results[name]!.data, Number);
  return { numbers, figure: (name: string) => numbers(name)[0]! };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const worst = (found: readonly number[], expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(found[i]! - value)));

/** The slopes of a batch, those of one row left out. */
const without = ({ shape: [, batch, levels], slopes }: Case, row: number): number[] =>
  slopes.map((slope, i) => (Math.floor(i / levels) % batch === row ? 0 : slope));

const UNKNOWN = [PAD]; // as a data set says that nobody knows what was said

describe.each(["plain", "repeats", "tight", "empty", "long", "infeasible"])("PyTorch's case %s", (name) => {
  const own = caseOf(name);

  test("both heads are summed, the second by its weight, and so are their gradients", async () => {
    const { figure, numbers } = await evaluated(own, { phones: own.labels, letters: own.labels });
    const nats = sum(own.nats);
    expect(figure("ctc") / nats).toBeCloseTo(1, 5);
    expect(figure("ctcBeside") / nats).toBeCloseTo(1, 5);
    expect(figure("total") / (1.3 * nats)).toBeCloseTo(1, 5);
    expect(worst(numbers("slope.phones"), own.slopes)).toBeLessThan(1e-5);
    expect(
      worst(
        numbers("slope.letters"),
        own.slopes.map((slope) => 0.3 * slope),
      ),
    ).toBeLessThan(1e-5);
    expect(figure("infeasible")).toBe(own.nats.filter((each) => each === 0).length);
  });

  test("what nobody knows costs nothing, teaches nothing, and is not counted as too long", async () => {
    for (const row of own.labels.keys()) {
      const phones = own.labels.with(row, UNKNOWN);
      const { figure, numbers } = await evaluated(own, { phones, letters: own.labels });
      const rest = own.nats.filter((_, i) => i !== row);
      expect(Math.abs(figure("ctc") - sum(rest))).toBeLessThan(1e-5 * Math.max(1, sum(rest)));
      expect(worst(numbers("slope.phones"), without(own, row))).toBeLessThan(1e-5);
      expect(
        worst(
          numbers("slope.letters"),
          own.slopes.map((slope) => 0.3 * slope),
        ),
      ).toBeLessThan(1e-5);
      expect(figure("infeasible")).toBe(rest.filter((each) => each === 0).length);
    }
  });
});

test("the case that is too long is one", () => {
  expect(caseOf("infeasible").nats.filter((each) => each === 0)).toHaveLength(2);
});

test("that nothing was said is known: every step has to be a blank", async () => {
  const own = caseOf("empty");
  expect(own.labels[0]).toEqual([]);
  const { figure } = await evaluated(own, { phones: own.labels, letters: own.labels.map(() => UNKNOWN) });
  expect(figure("ctc")).toBeCloseTo(sum(own.nats), 4);
  expect([figure("ctcBeside"), figure("infeasible")]).toEqual([0, 0]);
});

test("sequences stay whole, the best epoch is the one that tells best, and a model has to tell transcripts", () => {
  expect(connectionist.isOfWholes?.({} as Model)).toBe(true);
  expect(connectionist.select).toEqual({ figure: "ctc", better: "less" });
  expect(errorOf(() => connectionist.inputs?.({} as Model))).toMatchObject({ code: "objective/transcriber" });
});
