/**
 * Options as people know them. A schema says what an option may be; its metadata say how it is written at the command
 * line and what it does.
 */
import { VrnnError } from "./errors.ts";
import * as z from "./zod.ts";

declare module "zod/v4/core" {
  interface GlobalMeta {
    /** As it is written, `--hidden <units>`; an option without is for programs alone. */
    flag?: string;
    /** What it does, in a line, where the command line does not say it itself. The default is shown beside it. */
    help?: string;
    /** For an option that `--no-…` turns off: the value that stands for that, and what it does. */
    off?: { readonly value: string; readonly help: string };
    /** Of an option that names what is read: a file, a folder, a run. */
    reads?: true;
    /** Of a list that stands in a file of its own at the command line: what its lines are. */
    file?: "days";
    /** Of an option that names what is written. */
    writes?: Written;
    /** How the names of such files end, `.csv`: what is written is of that format, whatever they are called. */
    ending?: string;
    /** What a model must have for it to have an effect; absent: nothing. */
    needs?: OptionNeed;
    /** The learner that alone reads it; absent: any. */
    learner?: string;
  }
}

/** What an option's path names that is written: a file, a run, another folder, or the beginning of several names. */
export type Written =
  | "file"
  | "run"
  | "folder"
  | { readonly names: (beginning: string) => readonly string[] };

/**
 * What a model may lack that options are about: pixels that it reads, latent variables, places where dropout acts, recurrent weights, what it takes
 * beside the data, labels or transcripts that it tells, tokens or labels to choose among, units of each sequence, gaps that it cannot tell of without particles.
 */
export type OptionNeed =
  | "pixels"
  | "latents"
  | "dropoutSites"
  | "recurrentWeights"
  | "conditions"
  | "labels"
  | "transcripts"
  | "choices"
  | "units"
  | "particles";

/** Why a schema refused some values. */
export interface Refusal {
  readonly message: string;
  /** The way to the value, `["training", "epochs"]`; empty when it is about all of them. */
  readonly path: readonly string[];
}

/**
 * Values that a schema accepts, with its defaults filled in.
 *
 * @param refused makes the error of the first value that does not fit; `options/invalid` at its path unless told.
 * @throws VrnnError what `refused` makes.
 * @example
 * checked(trainingOptions, { epochs: 0 }, refusedAt("training"));
 * // VrnnError options/invalid: training.epochs: it must be at least 1, and 0 was given
 */
export function checked<Output>(
  schema: z.core.$ZodType<Output>,
  values: unknown,
  refused: (refusal: Refusal) => VrnnError = refusedAt(),
): Output {
  const result = z.safeParse(schema, values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const message = issue?.message ?? result.error.message;
  throw refused({ message, path: (issue?.path ?? []).map(String) });
}

/** Refuses values by the place at which they stand, below a name. */
export const refusedAt =
  (...names: readonly string[]) =>
  ({ message, path }: Refusal): VrnnError => {
    const place = [...names, ...path].join(".");
    return new VrnnError("options/invalid", message, place === "" ? {} : { at: place });
  };

/**
 * An option: a schema with its metadata.
 *
 * @example
 * option(z._default(z.int(), 64), { flag: "--hidden <units>", help: "width of the state" });
 */
export const option = <Schema extends z.ZodMiniType>(schema: Schema, metadata: z.core.GlobalMeta): Schema =>
  schema.check(z.meta(metadata));

/** The metadata of an option: how it is written and what it does. */
export const metaOf = (schema: z.core.$ZodType): z.core.GlobalMeta => z.globalRegistry.get(schema) ?? {};

/**
 * The name by which people call an option: the last of its flags, without its value.
 *
 * @example
 * flagName("--lr, --learning-rate <rate>"); // "--learning-rate"
 */
export const flagName = (flag: string): string =>
  flag
    .split(/ [<[]/, 1)
    .flatMap((names) => names.split(", "))
    .at(-1) as string;

/**
 * A mistake in what was asked for. At the command line it ends with an exit status of its own.
 *
 * @example
 * usageError("--hidden must be at least 1", "give a whole number").code; // "usage/option"
 */
export const usageError = (what: string, remedy?: string): VrnnError =>
  new VrnnError("usage/option", what, remedy === undefined ? {} : { remedy });

/**
 * A schema without its default, and without what is done to values that it has accepted.
 *
 * @example
 * bare(z._default(z.int(), 3)); // z.int()
 */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod as { def: { innerType?: z.core.$ZodType; in?: z.core.$ZodType } };
  const inner = def.innerType ?? def.in;
  return inner === undefined ? schema : bare(inner);
}

/** The parts of a schema of an object; of any other, none. */
export function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const { def } = bare(schema)._zod as { def: { shape?: Readonly<Record<string, z.core.$ZodType>> } };
  return def.shape ?? {};
}
