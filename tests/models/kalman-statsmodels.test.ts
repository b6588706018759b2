/** The Kalman filter and its structures against statsmodels; the script that made the fixture stands beside it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kalmanFilter } from "../../src/models/kalman/filter.ts";
import type { LinearGaussian } from "../../src/models/kalman/linear-gaussian.ts";
import { smoothed } from "../../src/models/kalman/smoother.ts";
import { structureOf } from "../../src/models/kalman/structures.ts";

type Numbers = readonly number[];
interface Free {
  readonly states: number;
  readonly width: number;
  readonly x: readonly (number | null)[];
  readonly transition: Numbers;
  readonly process: Numbers;
  readonly observation: Numbers;
  readonly offset: Numbers;
  readonly noise: Numbers;
  readonly initialMean: Numbers;
  readonly initialCovariance: Numbers;
  readonly logLikelihood: number;
  readonly means: Numbers;
  readonly covariances: Numbers;
}
interface Structured {
  readonly season: number;
  readonly transition: Numbers;
  readonly observation: Numbers;
  readonly noisy: Numbers;
}

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/kalman_statsmodels.json"), "utf8"),
) as { readonly free: readonly Free[]; readonly structured: readonly Structured[] };

const modelOf = (free: Free): LinearGaussian => ({
  ...{ states: free.states, width: free.width, inputs: 0 },
  ...{ input: new Float64Array(0), direct: new Float64Array(0) },
  transition: Float64Array.from(free.transition),
  process: Float64Array.from(free.process),
  observation: Float64Array.from(free.observation),
  offset: Float64Array.from(free.offset),
  noise: Float64Array.from(free.noise),
  initialMean: Float64Array.from(free.initialMean),
  initialCovariance: Float64Array.from(free.initialCovariance),
});

describe("as statsmodels has it", () => {
  test.each(fixture.free)("$states states behind $width columns with gaps", (free) => {
    const model = modelOf(free);
    const table = Float64Array.from(free.x, (value) => value ?? Number.NaN);
    const found = kalmanFilter(model, { table, inputs: new Float64Array(0) });
    expect(found.logProb.reduce((all, nats) => all + nats, 0)).toBeCloseTo(free.logLikelihood, 8);
    const { means, covariances } = smoothed(found, model);
    for (const [i, mean] of free.means.entries()) expect(means[i]).toBeCloseTo(mean, 8);
    for (const [i, covariance] of free.covariances.entries())
      expect(covariances[i]).toBeCloseTo(covariance, 8);
  });

  test.each(fixture.structured)("a trend and a season of $season", ({ season, ...expected }) => {
    const { transition, observation, noisy } = structureOf(`trend+season:${season}`, 1);
    expect([...transition]).toEqual(expected.transition.map((value) => value + 0)); // no −0
    expect([...observation]).toEqual(expected.observation);
    expect(noisy).toEqual(expected.noisy);
  });
});
