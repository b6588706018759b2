/** What a text leaves out of its source: the coverage penalty of beam search. */
import { VrnnError } from "../errors.ts";
import { clamp, log, sum, type Tensor } from "../graph/index.ts";
import type { Model } from "../models/model.ts";
import { float32, type TensorValue, type Values } from "../runtime/runtime.ts";
import { placesOf } from "../train/feeds.ts";
import { isLooking, type LookingModel } from "./attention-weights.ts";

/** What a place is covered by at least: one that was never looked at costs 13.8 · β, where its logarithm would be without end. */
const LEAST = 1e-6;

/**
 * The model by which coverage is told; undefined where none is asked for.
 *
 * @param coverage β
 * @throws VrnnError `beam/coverage` for a model that does not tell where it looks, and for what is no weight
 */
export function coveredBy(model: Model, coverage: number): LookingModel | undefined {
  if (!(coverage >= 0 && coverage < Number.POSITIVE_INFINITY))
    throw new VrnnError("beam/coverage", `coverage is ${coverage}`, { remedy: "give a number from 0" });
  if (coverage === 0) return undefined;
  if (isLooking(model)) return model;
  throw new VrnnError("beam/coverage", "the model does not tell which places of a source it looks up", {
    remedy: "leave coverage out, or search with a model that has `attentionWeights`",
  });
}

/**
 * The coverage penalty of a text for β = 1, Σ_i log(min(Σ_j p_ij, 1)) over places i of its source, p_ij the attention weight by
 * which its token j was told (Wu et al., "Google's Neural Machine Translation System", 2016, eq. 14): 0 at best.
 *
 * @param coverage Σ_j p_ij `[..., S]` @returns `[...]`, in nats
 */
export const coveragePenalty = (coverage: Tensor): Tensor => sum(log(clamp(coverage, LEAST, 1)), [-1]);

/**
 * Coverage before the first step, `[R, N, S]`: none of the places that a source has. Those that only fill it up begin as covered,
 * and so cost nothing.
 *
 * @param known what the model reads, of R rows
 */
export function restingCoverage(
  model: Model,
  known: Values,
  [rows, width]: readonly [number, number],
): TensorValue {
  const places = placesOf(model, known);
  const lengths = lengthsIn(model, known);
  const row = (r: number) => Array.from({ length: places }, (_, s) => (s < (lengths?.[r] ?? places) ? 0 : 1));
  const all = Array.from({ length: rows * width }, (_, i) => row(Math.floor(i / width)));
  return float32([rows, width, places], Float32Array.from(all.flat()));
}

/** The coverage that a program gave, under the name by which the next run takes it; nothing where it gave none. */
export function carriedCoverage({ "coverage.next": coverage }: Values): Values {
  return coverage === undefined ? {} : { coverage };
}

/** How many places the source of each row has, `[R]`; undefined of a model that is not told, for which all are there. */
function lengthsIn({ inputs = {} }: Model, known: Values): readonly number[] | undefined {
  const all = Object.entries(inputs);
  const source = all.find(([, { shape }]) => shape.includes("S"))?.[1].field;
  const lengths = all.find(([, { field, what }]) => field === source && what === "lengths");
  return lengths && Array.from(known[lengths[0]]!.data, Number);
}
