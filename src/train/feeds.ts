import type { Batch } from "../data/batches.ts";
import type { SequenceModel } from "../models/sequence.ts";
import { Random } from "../random/generator.ts";
import { emptyFloat32, float32, type TensorValue } from "../runtime/runtime.ts";
import { shardSuffix } from "./programs.ts";

type Feeds = Record<string, TensorValue>;

/** Where the random numbers of a batch come from: the same labels give the same numbers. */
export interface NoiseSource {
  readonly seed: number;
  readonly labels: readonly (string | number)[];
  /** The share of hidden values that training drops. */
  readonly dropout: number;
}

/** Cuts lanes `from` to `to` out of `[T, B, width]`. */
function lanesOf(data: Float32Array, steps: number, lanes: number, width: number, from: number, to: number): Float32Array {
  if (from === 0 && to === lanes) return data;
  const part = new Float32Array(steps * (to - from) * width);
  for (let t = 0; t < steps; t++) {
    part.set(data.subarray((t * lanes + from) * width, (t * lanes + to) * width), t * (to - from) * width);
  }
  return part;
}

interface Lanes {
  readonly suffix: string;
  readonly from: number;
  readonly to: number;
}

/** Lanes of each shard. A batch with fewer lanes than shards leaves the last ones with none. */
export function shardLanes(lanes: number, shards: number): readonly Lanes[] {
  return Array.from({ length: shards }, (_, shard) => ({
    suffix: shardSuffix(shard),
    from: Math.floor((shard * lanes) / shards),
    to: Math.floor(((shard + 1) * lanes) / shards),
  }));
}

/** What a program needs to know of a batch: values, mask and noise of each shard. A shard without lanes gets an empty one. */
export function batchFeeds(batch: Batch, columns: number, model: SequenceModel, shards: number, source: NoiseSource): Feeds {
  const feeds: Feeds = {};
  for (const { suffix, from, to } of shardLanes(batch.lanes, shards)) {
    const own = Math.max(1, to - from);
    const part = (data: Float32Array) =>
      to > from ? lanesOf(data, batch.steps, batch.lanes, columns, from, to) : new Float32Array(batch.steps * columns);
    const shape = [batch.steps, own, columns];
    feeds[`x${suffix}`] = float32(shape, part(batch.values));
    feeds[`mask${suffix}`] = float32(shape, part(batch.mask));
    Object.assign(feeds, noiseFeeds(model, [batch.steps, own], suffix, source));
  }
  return feeds;
}

function noiseFeeds(model: SequenceModel, lead: readonly number[], suffix: string, { seed, labels, dropout }: NoiseSource): Feeds {
  const noise = emptyFloat32([...lead, model.latentSize]);
  Random.stream(seed, "noise", suffix, ...labels).fillNormal(noise.data);
  const feeds: Feeds = { [`noise${suffix}`]: noise };
  if (dropout === 0) return feeds;
  for (const [site, width] of Object.entries(model.dropoutSites)) {
    const mask = emptyFloat32([...lead, width]);
    Random.stream(seed, "dropout", site, suffix, ...labels).fillKeepMask(mask.data, 1 - dropout);
    feeds[`dropout.${site}${suffix}`] = mask;
  }
  return feeds;
}

/** States of rest for every shard. */
export function initialStates(model: SequenceModel, lanes: number, shards: number): Feeds {
  return Object.fromEntries(
    shardLanes(lanes, shards).flatMap(({ suffix, from, to }) =>
      Object.entries(model.stateSizes).map(([part, size]) => [`state.${part}${suffix}`, emptyFloat32([Math.max(1, to - from), size])]),
    ),
  );
}

/** The states that a program gave, under the names by which the next run takes them. */
export const carriedStates = (results: Readonly<Record<string, TensorValue>>): Feeds =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, value]) =>
      name.startsWith("state.") && name.endsWith(".next") ? [[name.slice(0, -".next".length), value]] : [],
    ),
  );
