/** SRNN and deep Markov model against PyTorch: their bound and its gradient. The script that made the fixture stands beside it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Dmm } from "../../src/models/dmm/dmm.ts";
import type { Model } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { objectives } from "../../src/objectives/index.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, scalarValue } from "../../src/runtime/runtime.ts";
import { restingStates } from "../../src/train/feeds.ts";
import { gradientProgram } from "../../src/train/programs.ts";
import { plainColumn } from "../data/temporary.ts";
import { numbers } from "./conformance.ts";
import "../slow.ts";

type Tensors = Readonly<Record<string, readonly number[]>>;
interface Case {
  readonly model: "srnn" | "dmm";
  readonly x: readonly number[];
  readonly noise: readonly number[];
  readonly loss: number;
  readonly parameters: Tensors;
  readonly gradient: Tensors;
}

const { sizes, cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/deep_torch.json"), "utf8"),
) as {
  readonly sizes: Readonly<Record<"T" | "B" | "D" | "H" | "Z", number>>;
  readonly cases: readonly Case[];
};
const { T, B, D, H, Z } = sizes;

const columns = [plainColumn("a"), plainColumn("b")];
const models: Readonly<Record<Case["model"], Model>> = {
  srnn: new Srnn({ columns, hidden: H, latent: Z }),
  dmm: new Dmm({ columns, hidden: H, latent: Z, residual: false }),
};

test.each(cases)(
  "$model: loss and gradient",
  async ({ model: name, x, noise, loss, parameters, gradient }) => {
    const model = models[name];
    expect(model.parameters.map((each) => each.name).sort()).toEqual(Object.keys(parameters).sort());
    const flat = model.parameters.flatMap((each) => [...parameters[each.name]!]);
    const objective = objectives.elbo.create({});
    const executable = await nodeRuntime().compile(gradientProgram(model, objective));
    const results = await executable.run({
      parameters: float32([flat.length], Float32Array.from(flat)),
      x: float32([T, B, D], Float32Array.from(x)),
      mask: float32([T, B, D], emptyFloat32([T, B, D]).data.fill(1)),
      noise: float32([T, B, Z], Float32Array.from(noise)),
      ...restingStates(model, B),
      ...Object.fromEntries(
        Object.entries(objective.schedule(0)).map(([key, value]) => [key, scalarValue(value)]),
      ),
      "running.kl": emptyFloat32([Z]),
      "count.observedSteps": scalarValue(T * B),
    });
    await executable.dispose();
    expect(Math.abs(numbers(results, "loss")[0]! / loss - 1)).toBeLessThan(1e-5);
    const found = numbers(results, "gradient");
    const expected = model.parameters.flatMap((each) => [...gradient[each.name]!]);
    const length = Math.hypot(...expected);
    for (const [i, slope] of expected.entries())
      expect(Math.abs(found[i]! - slope) / length, `${i}`).toBeLessThan(1e-4);
  },
);
