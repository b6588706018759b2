/** Where moving things may go, as a model of tracks tells it. */
import { Feeder } from "../data/feeder.ts";
import type { ColumnsField, Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import { declaredSpecs } from "../models/input-specs.ts";
import { type GenerateOptions, generateRows } from "./generate.ts";
import { recorded } from "./rows.ts";

/** How futures are drawn. */
export interface FuturesOptions
  extends Pick<GenerateOptions, "runtime" | "model" | "weights" | "steps" | "seed" | "temperature"> {
  readonly fields: Fields;
  /** How many of each agent. */
  readonly count: number;
}

/** So many rows are drawn side by side. */
const MOST_ROWS = 4096;

/**
 * Futures of agents, as departures from going on as before (`data/motion/heading.ts`).
 *
 * @param seen `[S, E]` of each agent: what was seen of it and of others
 * @returns of each agent its futures, `[steps, 2]` each
 * @example
 * const [futures] = await drawnFutures({ ...settings, count: 20, steps: 12 }, [window.seen]);
 * futures.map((moves) => pathOf(window.heading, moves)); // twenty paths
 */
export async function drawnFutures(
  { count, fields, seed, ...making }: FuturesOptions,
  seen: readonly Float32Array[],
): Promise<Float64Array[][]> {
  const feeder = new Feeder(declaredSpecs(making.model.inputs), fields);
  const { columns } = fields["x"] as ColumnsField;
  const agents = Math.max(1, Math.floor(MOST_ROWS / count));
  const futures: Float64Array[][] = [];
  for (let at = 0; at < seen.length; at += agents) {
    const parts = seen.slice(at, at + agents).map((source): Part => ({ length: 0, values: { source } }));
    const [known] = feeder.feed(parts, { repeat: count });
    const rows = await generateRows({
      ...making,
      seed: seed + at,
      count: parts.length * count,
      known: () => known!,
    });
    const drawn = rows.map(({ x }) => recorded(x, columns));
    for (let i = 0; i < parts.length; i++) futures.push(drawn.slice(i * count, (i + 1) * count));
  }
  return futures;
}

/** The mean of some futures, `[steps, 2]`: one guess. */
export const meanFuture = (futures: readonly Float64Array[]): Float64Array =>
  futures[0]!.map((_, i) => futures.reduce((sum, moves) => sum + moves[i]!, 0) / futures.length);
