/** What the programs of training and evaluation are fed, and what they give back. */

import { shardRows } from "../data/feeder.ts";
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import type { Model } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { type ParticleOptions, particleStateShapes } from "../models/particle-unroll.ts";
import { stateShapes } from "../models/state.ts";
import { nextNames, stateNames } from "../names.ts";
import type { Objective, Totals } from "../objectives/objective.ts";
import { Random } from "../random/generator.ts";
import { emptyFloat32, scalarValue, type TensorValue, type Values } from "../runtime/runtime.ts";
import { type NoiseSource, noiseFeeds } from "./noise.ts";

/** Where the random numbers of a batch come from, and which conditions are withheld. */
export interface BatchSource extends NoiseSource {
  /** The share of sequences whose condition is withheld; the labels are those of the sequences' first batch. */
  readonly withhold?: { readonly share: number; readonly labels: readonly (string | number)[] };
}

/** Feeds batches to programs over sequences: the fields that model and objective ask for, and random numbers, by shard. */
export class BatchFeeder {
  readonly model: Model;
  private readonly feeder: ModelFeeder;
  private readonly shards: number;

  /** @throws VrnnError `feed/field`, `feed/mismatch` when the fields are not those of the model. */
  constructor(model: Model, fields: Fields, shards: number, objective?: Objective) {
    this.model = model;
    this.feeder = new ModelFeeder(model, fields, objective?.inputs?.(model));
    this.shards = shards;
  }

  /**
   * The inputs of each shard but its state. All buffers are fresh.
   *
   * @param parts one for each row
   * @param first which row of the whole batch the first is, where other processes have those before it
   * @throws VrnnError `model/units`, `data/units` for parts with units of their own that the model cannot take
   */
  feed(parts: readonly Part[], source: BatchSource, first = 0): readonly Values[] {
    const { shards, model } = this;
    const steps = parts.reduce((longest, { length }) => Math.max(longest, length), 0);
    const rows = shardRows(parts.length, shards).map(({ from, to }) => ({
      from: first + from,
      to: first + to,
    }));
    const hides = isWithheld(source);
    return this.feeder
      .feed(parts, { shards, withhold: { condition: (row) => hides(first + row) } })
      .map((own, i) => {
        const extents = { steps, places: placesOf(model, own) };
        return { ...own, ...noiseFeeds(model, extents, rows[i]!, source) };
      });
  }

  /** States of rest for every shard. @param rows of the batch */
  restingStates(rows: number, particles?: ParticleOptions): readonly Values[] {
    return shardRows(rows, this.shards).map(({ from, to }) =>
      restingStates(this.model, to - from, particles),
    );
  }
}

/** S: how long what is read was padded to be; 0 where nothing is fed that goes along it. */
export function placesOf({ inputs, readout }: Model, fed: Values): number {
  const all = Object.entries({ ...inputs, ...readout?.inputs });
  const read = all.find(([name, { shape }]) => shape.includes("S") && fed[name]);
  return read === undefined ? 0 : fed[read[0]]!.shape[read[1].shape.indexOf("S")]!;
}

/** Whether a row of the batch is told no condition: for the whole sequence, whatever it is cut into. */
const isWithheld =
  ({ seed, withhold }: BatchSource) =>
  (row: number): boolean =>
    withhold !== undefined &&
    withhold.share > 0 &&
    Random.stream(seed, "withhold", row, ...withhold.labels).uniform() < withhold.share;

/** The state before the first step of some rows, under the names by which a program takes it. */
export function restingStates(
  model: Model,
  rows: number,
  particles?: ParticleOptions,
): Record<string, TensorValue> {
  const shapes = particles === undefined ? stateShapes(model) : particleStateShapes(model, particles);
  const parts = Object.entries(shapes).map(
    ([part, shape]) => [part, emptyFloat32([rows, ...shape])] as const,
  );
  return stateNames.give(Object.fromEntries(parts));
}

/** The states that a program gave, under the names by which the next run takes them. */
export const carriedStates = (results: Values): Values =>
  stateNames.give(stateNames.take(nextNames.take(results)));

/** The scalars that an objective schedules, as programs take them. */
export const scalarFeeds = (scalars: Readonly<Record<string, number>>): Values =>
  Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalarValue(value)]));

/** One number of all shards, added up. */
export const totalOf = (results: readonly Values[], name: string): number =>
  results.reduce((all, each) => all + Number(each[name]?.data[0]), 0);

/** Totals of an objective's figures over all shards. */
export const figureTotals = ({ figures }: Objective, results: readonly Values[]): Totals =>
  Object.fromEntries(Object.keys(figures).map((name) => [name, totalOf(results, name)]));
