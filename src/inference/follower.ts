/** What follows live data: the contract that each way to do so keeps. */
import { VrnnError } from "../errors.ts";
import type { StepForecast } from "./forecast-step.ts";
import type { StreamState } from "./stream-state.ts";

/** What is known beside a step, in the order of the model's conditions and the units of the data; NaN is not given. */
export interface StepCondition {
  /** Of this step; nothing is given unless told. */
  readonly condition?: ArrayLike<number>;
  /** Of the next one, for the forecast; that of this step unless told. */
  readonly upcoming?: ArrayLike<number>;
}

/** What a model says of one step of live data, in nats and in the units of the data. */
export interface FollowerAnswer {
  /** Which step it was, from 1. */
  readonly step: number;
  /**
   * How likely the step was given those before it: the sum of `logLikelihood` minus `kl`. By the model's own posterior a
   * lower bound of its log-likelihood; by particles the log of their mean weight.
   */
  readonly total: number;
  /** `[D]`: the log-likelihood of each entry, given latent variables that know the step; 0 where it is missing. */
  readonly logLikelihood: Float64Array;
  /** How far the step moved what is known of its latent variables: the divergence from their prior. */
  readonly kl: number;
  /** What is expected of the next step. */
  readonly forecast?: StepForecast;
  /** Of particles: how many of them count, 1 / Σ W². */
  readonly effectiveSize?: number;
}

/** A model that follows a stream, one step at a time. */
export interface Follower {
  /**
   * Takes a step.
   *
   * @param x a value per column, in the units of the data; a level is its index; NaN is missing
   * @throws VrnnError `stream/width` when there is not one value per column (or condition), `stream/busy` when the step
   * before has not been answered yet.
   */
  step(x: ArrayLike<number>, known?: StepCondition): Promise<FollowerAnswer>;
  /** Where it stands, to go on from there another time; undefined where that cannot be kept. */
  readonly state?: StreamState;
  /** Gives back its sessions. */
  close(): Promise<void>;
}

/** @throws VrnnError `stream/width` */
export function requireWidth(name: string, values: ArrayLike<number>, width: number): void {
  if (values.length === width) return;
  const what = `${name} has ${values.length} values, it takes ${width}`;
  throw new VrnnError("stream/width", what, { remedy: "give one per column, NaN where it is missing" });
}

/** @throws VrnnError `stream/busy` */
export function requireIdle(isBusy: boolean): void {
  if (!isBusy) return;
  throw new VrnnError("stream/busy", "a step is under way", { remedy: "await its answer first" });
}
