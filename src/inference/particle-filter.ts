/** Particles that follow sequences, one sequence at a time, and what they generate from there. */

import { type Column, type Sequence, sliceSequence, type Units } from "../data/dataset.ts";
import { tableSequence } from "../data/field-dataset.ts";
import { columnUnits } from "../data/inputs.ts";
import { VrnnError } from "../errors.ts";
import { drawWidths } from "../models/generate.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import type { ModelFeeder } from "../models/model-feeder.ts";
import { fillNames, predictiveNames } from "../names.ts";
import { Random } from "../random/generator.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import {
  type Executable,
  emptyFloat32,
  float32,
  type Runtime,
  scalarValue,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { type Source, sourceOf } from "./draws.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { generationProgram } from "./generation-program.ts";
import { OwnPast, type PathValue } from "./own-past.ts";
import { type ParticleFilterProgramOptions, particleFilterProgram } from "./particle-filter-program.ts";
import { isComplete, rowDraws, tableFeeder, unitFeeds } from "./rows.ts";

/** A trained model, where it runs, and how many particles it leads. */
export interface ParticleFilterOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** The columns of the sequences, those that the model was made for. */
  readonly columns: readonly Column[];
  /** How many particles follow each sequence: S. */
  readonly particles: number;
  readonly seed: number;
}

/** What some steps of a sequence gave: the outputs of `particleFilterProgram`, `[T, S, ·]`. */
export interface FilteredWindow {
  /** The step of the sequence at which it begins. */
  readonly start: number;
  readonly steps: number;
  readonly results: Values;
}

/** Looks at a window; the states that it returns, if any, take the place of those after the window. */
export type Visit = (window: FilteredWindow) => Values | undefined;

export interface ParticleFilterSettings
  extends Pick<ParticleFilterProgramOptions, "parts" | "states" | "complete" | "together"> {
  /** Whether the particles of a model that is not guided are weighed by who looks at them. */
  readonly weighedOutside?: boolean;
  /** The most steps computed at once; the state is carried over. */
  readonly window: number;
}

/** Particles that follow one sequence after the other. */
export class ParticleFilter {
  private readonly options: ParticleFilterOptions;
  private readonly settings: ParticleFilterSettings;
  private readonly executable: Executable;
  private readonly feeder: ModelFeeder;
  /** Whether particles are drawn anew inside the program. */
  private readonly resampled: boolean;

  private constructor(
    options: ParticleFilterOptions,
    settings: ParticleFilterSettings,
    executable: Executable,
  ) {
    this.options = options;
    this.settings = settings;
    this.executable = executable;
    this.feeder = tableFeeder(options.model, options.columns);
    this.resampled = isResampled(options, settings);
  }

  static async create(
    options: ParticleFilterOptions,
    settings: ParticleFilterSettings,
  ): Promise<ParticleFilter> {
    const { runtime, model, weights } = options;
    const variant = { ...settings, resampled: isResampled(options, settings) };
    const program = particleFilterProgram(model, variant, frozen(weights));
    return allOrNone(
      async (keep) => new ParticleFilter(options, settings, keep(await compileFinite(runtime, program))),
    );
  }

  /**
   * Leads fresh particles through a sequence. Their random numbers depend on the seed, the sequence's name and the step
   * alone, not on the windows.
   *
   * @returns the states after the last step, `state.<part>` `[S, size]`.
   */
  async filter(sequence: Sequence, visit: Visit = () => undefined): Promise<Values> {
    const { window } = this.settings;
    const particles = this.begin(sequence);
    for (let start = 0; start < sequence.length; start += window) {
      const steps = Math.min(window, sequence.length - start);
      const followed = await particles.advance(sliceSequence(sequence, start, start + steps));
      particles.states = visit(followed) ?? particles.states;
    }
    return particles.states;
  }

  /** Fresh particles before the first step of a sequence. */
  begin({ name }: Pick<Sequence, "name">): Particles {
    return new Particles(this.options, (inputs, part) => this.run(inputs, part), name);
  }

  /** Runs through some steps as every particle sees them. */
  private run({ resampling, ...inputs }: ParticleFeeds, part: Sequence): Promise<Values> {
    const { weights, particles } = this.options;
    const { length, values, units } = tableSequence(part);
    const parts = [{ length, values, ...(units && { units }) }];
    return this.executable.run({
      parameters: float32([weights.length], weights),
      ...(this.feeder.feed(parts, { repeat: particles, drawsGaps: true })[0] as Values),
      ...inputs,
      ...(this.resampled && { resampling }),
    });
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}

/** What becomes of one sequence: it is filled while its windows are seen. */
export interface FilterStudy<Result> {
  readonly see: (window: FilteredWindow) => void;
  readonly result: Result;
}

/**
 * Leads fresh particles through each sequence, one after the other.
 *
 * @param study what is looked at of a sequence
 * @returns what became of each, in their order
 */
export async function filterEach<Result>(
  { sequences, ...options }: ParticleFilterOptions & { readonly sequences: readonly Sequence[] },
  settings: Omit<ParticleFilterSettings, "complete">,
  study: (sequence: Sequence) => FilterStudy<Result>,
): Promise<Result[]> {
  const complete = sequences.every(isComplete);
  const filter = await ParticleFilter.create(options, { ...settings, complete });
  try {
    const results: Result[] = [];
    for (const sequence of sequences) {
      const { see, result } = study(sequence);
      await filter.filter(sequence, (window) => {
        see(window);
        return undefined;
      });
      results.push(result);
    }
    return results;
  } finally {
    await filter.dispose();
  }
}

const isResampled = (
  { model }: ParticleFilterOptions,
  { weighedOutside = false, together = false }: ParticleFilterSettings,
): boolean => together || (!capabilitiesOf(model).guided && !weighedOutside);

/** Random numbers and states, as `particleFilterProgram` takes them. */
type ParticleFeeds = Values & { readonly resampling: TensorValue };

/** The particles of one sequence: where they stand, and what they draw next. */
export class Particles {
  /** `state.<part>` `[S, size]` */
  states: Values;
  private readonly options: ParticleFilterOptions;
  private readonly run: (inputs: ParticleFeeds, part: Sequence) => Promise<Values>;
  private readonly sources: Readonly<Record<"own" | "predictive" | "fill", Source>>;
  private readonly resampling: Random;
  private steps = 0;

  constructor(
    options: ParticleFilterOptions,
    run: (inputs: ParticleFeeds, part: Sequence) => Promise<Values>,
    name: string,
  ) {
    const { model, particles, seed } = options;
    this.options = options;
    this.run = run;
    this.states = restingStates(model, particles);
    this.sources = {
      own: sourceOf(seed, "follow", name),
      predictive: sourceOf(seed, "guess", name),
      fill: sourceOf(seed, "fill", name),
    };
    this.resampling = Random.stream(seed, "resample", name);
  }

  /** Leads them through the next steps. @param part the steps themselves */
  async advance(part: Sequence): Promise<FilteredWindow> {
    const { model, particles } = this.options;
    const { own, predictive, fill } = this.sources;
    const { steps: start } = this;
    const steps = part.length;
    const { noise } = particleDraws(model, [own], steps, particles, ["noise"]);
    const inputs = {
      noise: noise as TensorValue,
      ...predictiveNames.give(particleDraws(model, [predictive], steps, particles)),
      ...fillNames.give(particleDraws(model, [fill], steps, particles, ["uniform", "normal"])),
      resampling: uniformNumbers(this.resampling, steps),
      ...this.states,
    };
    const results = await this.run(inputs, part);
    this.states = carriedStates(results);
    this.steps += steps;
    return { start, steps, results };
  }
}

/** `[T, 1]` */
function uniformNumbers(random: Random, steps: number): TensorValue {
  const numbers = emptyFloat32([steps, 1]);
  random.fillUniform(numbers.data);
  return numbers;
}

/** The next random numbers of some groups of S particles side by side, `[T, groups·S, width]`; a source each. */
function particleDraws(
  model: Model,
  sources: readonly Source[],
  steps: number,
  particles: number,
  wanted: readonly (keyof Source)[] = ["noise", "uniform", "normal"],
): Values {
  const lengths = sources.map(() => steps);
  const widths = drawWidths(model);
  return Object.fromEntries(
    wanted.map((part) => {
      const fills = sources.map((source) => source[part]);
      const { data } = rowDraws(fills, lengths, steps, particles * widths[part]);
      return [part, { dtype: "float32", shape: [steps, sources.length * particles, widths[part]], data }];
    }),
  );
}

/** Where a rollout sets out: S particles that have seen the first `origin` steps of a sequence. */
export interface ForecastOrigin {
  readonly sequence: Pick<Sequence, "name" | "units">;
  /** How many steps of the sequence were seen. */
  readonly origin: number;
  /** `state.<part>`, `[S, size]` */
  readonly states: Values;
  /** `[horizon, C]`: what is known of the steps to come, of a model with conditions; it may be shorter. */
  readonly future?: Float64Array;
}

/** How far a rollout goes, and how freely. */
export interface RolloutOptions {
  readonly horizon: number;
  /** 1 unless told. */
  readonly temperature?: number;
}

/** Of each particle what it generated, in the units of a batch. */
export interface Rollout {
  /** `[horizon, S, D]` */
  readonly x: Float32Array;
  /** `[horizon, S, D]`: the expected values, given the latent variables that were drawn. */
  readonly emissionMean: Float32Array;
}

/** The most steps of a rollout computed at once. */
const WINDOW = 64;

/** What particles generate. */
export class Rollouts {
  private readonly options: ParticleFilterOptions;
  private readonly executable: Executable;

  private constructor(options: ParticleFilterOptions, executable: Executable) {
    this.options = options;
    this.executable = executable;
  }

  static async create(options: ParticleFilterOptions): Promise<Rollouts> {
    return new Rollouts(
      options,
      await compileFinite(options.runtime, generationProgram(options.model, frozen(options.weights))),
    );
  }

  /**
   * Generates the same number of steps from some origins, side by side. The random numbers of each depend on the
   * seed, the sequence's name and the origin alone.
   *
   * @returns one record for each origin, in their order.
   */
  async from(
    origins: readonly ForecastOrigin[],
    { horizon, temperature = 1 }: RolloutOptions,
  ): Promise<Rollout[]> {
    const { model, weights, particles, columns, seed } = this.options;
    const sources = origins.map(({ sequence, origin }) => sourceOf(seed, "ahead", sequence.name, origin));
    const size = particles * columns.length;
    const ahead = origins.map(() => ({
      x: new Float32Array(horizon * size),
      emissionMean: new Float32Array(horizon * size),
    }));
    const past = new OwnPast(model, columns);
    const window = past.window(WINDOW);
    const valueAt = this.pathValues(origins, ahead);
    const tables = origins.map(({ future }) => future);
    let states = joinedRows(origins.map((from) => from.states));
    for (let done = 0; done < horizon; done += window) {
      const steps = Math.min(window, horizon - done);
      const results = await this.executable.run({
        parameters: float32([weights.length], weights),
        temperature: scalarValue(temperature),
        ...particleDraws(model, sources, steps, particles),
        ...past.known(tables, particles, { done, steps }, valueAt),
        ...this.units(origins, steps),
        ...states,
      });
      for (const part of ["x", "emissionMean"] as const)
        deal(
          results[part]!,
          ahead.map((one) => one[part]),
          done * size,
        );
      states = carriedStates(results);
    }
    return ahead;
  }

  /** What each particle generated, in the units of the data. */
  private pathValues(origins: readonly ForecastOrigin[], ahead: readonly Rollout[]): PathValue {
    const { columns, particles } = this.options;
    const usual = columnUnits(columns);
    const units = origins.map((from) => unitsAhead(from, columns.length) ?? usual);
    return (path, t, d) => {
      const [origin, particle] = [Math.floor(path / particles), path % particles];
      const x = ahead[origin]!.x[(t * particles + particle) * columns.length + d]!;
      return x * units[origin]!.scale[d]! + units[origin]!.shift[d]!;
    };
  }

  /** How the steps to come are scaled: by what is known at the origin. */
  private units(origins: readonly ForecastOrigin[], steps: number): Values {
    const { model, columns, particles } = this.options;
    const ahead = origins.map((from) => unitsAhead(from, columns.length));
    return unitFeeds(model, columns, ahead, steps, particles);
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}

/** Particles that follow sequences, and what they generate: both, or neither. */
export const filterAndRollouts = (
  options: ParticleFilterOptions,
  settings: ParticleFilterSettings,
): Promise<{ readonly filter: ParticleFilter; readonly rollouts: Rollouts }> =>
  allOrNone(async (keep) => ({
    filter: keep(await ParticleFilter.create(options, settings)),
    rollouts: keep(await Rollouts.create(options)),
  }));

/**
 * The units of all steps after an origin; undefined where they are the columns'.
 *
 * @param width D
 * @throws VrnnError `forecast/short-history` where too little was seen to tell them, `forecast/units` where they change
 * from step to step
 */
export function unitsAhead(
  { sequence: { name, units }, origin }: Pick<ForecastOrigin, "sequence" | "origin">,
  width: number,
): Units | undefined {
  if (units === undefined) return undefined;
  const { shift, scale, from = 0 } = units;
  const at = `sequence "${name}"`;
  if (origin < from)
    throw new VrnnError(
      "forecast/short-history",
      `the scale of a sequence takes ${from} steps, ${origin} were seen`,
      {
        at,
        remedy: `give ${from} steps at least`,
      },
    );
  if (shift.length === width && scale.length === width) return { shift, scale };
  throw new VrnnError("forecast/units", "the units change from step to step: those to come are not known", {
    at,
    remedy: "give a sequence units that hold for all its steps",
  });
}

/** The states of groups of rows as those of one batch. */
function joinedRows(groups: readonly Values[]): Values {
  const parts = Object.entries(groups[0] ?? {});
  return Object.fromEntries(
    parts.map(([part, { shape }]) => {
      const all = emptyFloat32([groups.length * shape[0]!, ...shape.slice(1)]);
      groups.forEach((group, i) => {
        all.data.set(group[part]!.data as Float32Array, (i * all.data.length) / groups.length);
      });
      return [part, all];
    }),
  );
}

/** Deals `[T, groups·S, D]` out to the groups, from a place on in each. */
function deal({ data, shape }: TensorValue, groups: readonly Float32Array[], place: number): void {
  const [steps] = shape as [number];
  const size = data.length / Math.max(1, steps * groups.length); // of a group's step
  groups.forEach((group, i) => {
    for (let t = 0; t < steps; t++) {
      const from = (t * groups.length + i) * size;
      group.set((data as Float32Array).subarray(from, from + size), place + t * size);
    }
  });
}
