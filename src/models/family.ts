/** What a family of models tells of itself: its options, how one is built, and what there is to say of one. */
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import type { Model } from "./model.ts";

/** A kind of model: its options, with their defaults and limits, and how one is built for given columns. */
export interface ModelFamily {
  readonly options: z.ZodMiniType<ModelOptions>;
  /** What there is to say of a model in a few words: rows for reports and listings. */
  describe(options: ModelOptions): readonly ModelFact[];
  /** @throws `z.core.$ZodError` when the options do not fit, VrnnError when the columns cannot be modelled so. */
  build(given: ModelColumns, options: unknown): Model;
}

/** Something to say of a model. */
export interface ModelFact {
  readonly label: string;
  readonly value: string;
}

/** What a model is of, and what it takes beside it. */
export interface ModelColumns {
  readonly columns: readonly Column[];
  readonly conditions?: readonly ConditionColumn[] | undefined;
}

/** Options of a family, as a configuration holds them. */
export type ModelOptions = Readonly<Record<string, unknown>>;

/** How a family is put together: its options are checked before anything else sees them. */
export function family<Schema extends z.ZodMiniType<ModelOptions>>(
  options: Schema,
  build: (given: ModelColumns, options: z.output<Schema>) => Model,
  describe: (options: z.output<Schema>) => readonly ModelFact[],
): ModelFamily {
  return {
    options,
    describe: (values) => describe(options.parse(values)),
    build: (given, values) => build(given, options.parse(values)),
  };
}

/** A width: of layers, of a state, of latent variables. */
export const size = z.int().check(z.minimum(1), z.maximum(65_536));

/** Output distributions as people ask for them, an option of families of columns. */
export const emissionNames = option(z._default(z.array(z.string()).check(z.maxLength(10_000)), []), {
  flag: "--emission <names>",
  help: "output distributions: mixture, load=student-t for a column, bivariate for dx and dy of drawings",
});
