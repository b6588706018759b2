import type { Batch } from "../data/batches.ts";
import type { Model } from "../models/model.ts";
import { type ParticleOptions, particleStateShapes } from "../models/particle-unroll.ts";
import { stateShapes } from "../models/state.ts";
import type { Objective, Totals } from "../objectives/objective.ts";
import { Random } from "../random/generator.ts";
import { emptyFloat32, float32, type Values } from "../runtime/runtime.ts";
import { type NoiseSource, noiseFeeds, type Rows } from "./noise.ts";

/** Where the random numbers of a batch come from, and which conditions are withheld. */
export interface BatchSource extends NoiseSource {
  /** The share of sequences whose condition is withheld; the labels are those of the sequences' first batch. */
  readonly withhold?: { readonly share: number; readonly labels: readonly (string | number)[] };
}

/** Deals lanes to shards as evenly as they go; fewer lanes than shards make fewer shards. */
function shardsOf(lanes: number, most: number): readonly Rows[] {
  const count = Math.max(1, Math.min(lanes, most));
  return Array.from({ length: count }, (_, shard) => ({
    from: Math.floor((shard * lanes) / count),
    to: Math.floor(((shard + 1) * lanes) / count),
  }));
}

/** Cuts the lanes of a shard out of `[T, B, width]`. */
function lanesOf(
  data: Float32Array,
  { steps, lanes }: Batch,
  width: number,
  { from, to }: Rows,
): Float32Array {
  const part = new Float32Array(steps * (to - from) * width);
  for (let t = 0; t < steps; t++) {
    part.set(data.subarray((t * lanes + from) * width, (t * lanes + to) * width), t * (to - from) * width);
  }
  return part;
}

/** What a program needs to know of each shard of a batch: values, mask, noise and dropout. All buffers are fresh. */
export function shardFeeds(
  batch: Batch,
  columns: number,
  model: Model,
  shards: number,
  source: BatchSource,
): readonly Values[] {
  return shardsOf(batch.lanes, shards).map((shard) => {
    const lead = [batch.steps, shard.to - shard.from];
    return {
      x: float32([...lead, columns], lanesOf(batch.values, batch, columns, shard)),
      mask: float32([...lead, columns], lanesOf(batch.mask, batch, columns, shard)),
      ...withheld(conditionFeeds(batch, model, shard), shard, source),
      ...noiseFeeds(model, batch.steps, shard, source),
    };
  });
}

/** What is known beside the lanes of a shard (all of a batch unless told), for a model with conditions. */
export function conditionFeeds(
  batch: Batch,
  { conditions = [] }: Model,
  shard: Rows = { from: 0, to: batch.lanes },
): Values {
  const width = conditions.length;
  if (width === 0) return {};
  const part = (data: Float32Array) =>
    float32([batch.steps, shard.to - shard.from, width], lanesOf(data, batch, width, shard));
  return { condition: part(batch.condition.values), "condition.mask": part(batch.condition.mask) };
}

/** Withholds the condition of some lanes: all of it, or nothing. */
function withheld(feeds: Values, { from, to }: Rows, { seed, withhold }: BatchSource): Values {
  const mask = feeds["condition.mask"]; // [T, B, C]
  if (mask === undefined || withhold === undefined || withhold.share === 0) return feeds;
  const [, , width] = mask.shape as readonly [number, number, number];
  const isWithheld = Array.from(
    { length: to - from },
    (_, lane) => Random.stream(seed, "withhold", from + lane, ...withhold.labels).uniform() < withhold.share,
  );
  const data = (mask.data as Float32Array).map((known, i) =>
    isWithheld[Math.floor(i / width) % isWithheld.length] ? 0 : known,
  );
  return { ...feeds, "condition.mask": float32(mask.shape, data) };
}

/** States of rest for every shard. */
export function initialStates(
  model: Model,
  lanes: number,
  shards: number,
  particles?: ParticleOptions,
): readonly Values[] {
  const shapes = particles === undefined ? stateShapes(model) : particleStateShapes(model, particles);
  return shardsOf(lanes, shards).map(({ from, to }) =>
    Object.fromEntries(
      Object.entries(shapes).map(([part, shape]) => [`state.${part}`, emptyFloat32([to - from, ...shape])]),
    ),
  );
}

const next = ".next";

/** The states that a program gave, under the names by which the next run takes them. */
export const carriedStates = (results: Values): Values =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, value]) =>
      name.startsWith("state.") && name.endsWith(next) ? [[name.slice(0, -next.length), value]] : [],
    ),
  );

/** One number of all shards, added up. */
export const totalOf = (results: readonly Values[], name: string): number =>
  results.reduce((all, each) => all + Number(each[name]?.data[0]), 0);

/** Totals of an objective's figures over all shards. */
export const figureTotals = ({ figures }: Objective, results: readonly Values[]): Totals =>
  Object.fromEntries(Object.keys(figures).map((name) => [name, totalOf(results, name)]));

/** The number of steps of a batch of which anything was observed. */
export function observedSteps({ mask, steps, lanes }: Batch): number {
  const width = mask.length / Math.max(1, steps * lanes);
  let count = 0;
  for (let row = 0; row < steps * lanes; row++) {
    if (mask.subarray(row * width, (row + 1) * width).some((seen) => seen > 0)) count++;
  }
  return count;
}
