import { expect, test } from "vitest";
import { Linear } from "../../src/nn/linear.ts";
import { checkDecayGroups, decayRates, hasDecay } from "../../src/train/decay.ts";
import { eachParameter } from "../../src/train/weights.ts";

const { parameters } = {
  parameters: [
    ...new Linear("prior.hidden", { h: 2 }, 3).parameters,
    ...new Linear("prior.hiddenmost", { h: 2 }, 1).parameters,
    ...new Linear("cell", { x: 1, h: 1 }, 2).parameters,
  ],
};

const ratesOf = (options: Parameters<typeof decayRates>[1]) =>
  Object.fromEntries(
    eachParameter(parameters, decayRates(parameters, options).data as Float32Array).map(
      ({ parameter, values }) => [parameter.name, [...new Set(values)]],
    ),
  );

test("matrices decay at the general rate, groups at their own, the longest name first", () => {
  expect(ratesOf({ weightDecay: 0.5, decayGroups: { prior: 0.25, "prior.hidden": 2, "cell.x": 0 } })).toEqual(
    {
      "prior.hidden.weight": [2],
      "prior.hidden.bias": [2],
      "prior.hiddenmost.weight": [0.25],
      "prior.hiddenmost.bias": [0.25],
      "cell.x.weight": [0],
      "cell.h.weight": [0.5],
      "cell.bias": [0],
    },
  );
});

test("nothing decays unless a rate is above 0", () => {
  expect(hasDecay({ weightDecay: 0, decayGroups: { cell: 0 } })).toBe(false);
  expect(hasDecay({ weightDecay: 0, decayGroups: { cell: 0.1 } })).toBe(true);
});

test("a group without parameters is refused and the nearest named", () => {
  const check = () => checkDecayGroups(parameters, { weightDecay: 0, decayGroups: { prier: 1 } });
  expect(check).toThrow(/no parameter's name begins with "prier" \(did you mean "prior"\?\)/);
});
