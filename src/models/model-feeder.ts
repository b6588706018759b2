/** Feeds sequences to the programs of a model. */
import type { Units } from "../data/dataset.ts";
import { Feeder, type FeedOptions } from "../data/feeder.ts";
import type { Fields } from "../data/fields.ts";
import { isScaled } from "../data/scaling.ts";
import type { Part } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import type { Values } from "../runtime/runtime.ts";
import { declaredSpecs, inputSpecs } from "./input-specs.ts";
import { requireWholeRows } from "./missing.ts";
import type { Model, ModelInput } from "./model.ts";

/** How parts become inputs of a model. */
export interface ModelFeedOptions extends FeedOptions {
  readonly drawsGaps?: boolean;
}

/** The fields that a model, and perhaps an objective, asks for. */
export class ModelFeeder {
  readonly fields: Fields;
  private readonly feeder: Feeder;
  private readonly model: Model;

  /**
   * @param inputs what is fed beside what the model asks for
   * @throws VrnnError `feed/field`, `feed/mismatch` when the fields are not those of the model
   */
  constructor(model: Model, fields: Fields, inputs?: Readonly<Record<string, ModelInput>>) {
    this.model = model;
    this.fields = fields;
    this.feeder = new Feeder([...inputSpecs(model), ...declaredSpecs(inputs)], fields);
  }

  /**
   * The inputs of each shard, as `Feeder.feed`.
   *
   * @param options `drawsGaps`: whether the program puts draws in the place of what is missing
   * @throws VrnnError `model/units` for a part with units of its own, of a model that does not read them: its
   * likelihoods would be in others than those of the data; `data/units` for units that scale nothing; `model/missing`
   * for rows with gaps that its emission cannot tell of
   */
  feed(parts: readonly Part[], options: ModelFeedOptions = {}): readonly Values[] {
    const { x } = this.fields;
    for (const { units = {}, values } of parts) {
      for (const [field, own] of Object.entries(units)) this.check(field, own);
      if (x?.kind === "columns")
        requireWholeRows(this.model, x.columns, values["x"] ?? [], options.drawsGaps);
    }
    return this.feeder.feed(parts, options);
  }

  private check(field: string, { shift, scale }: Units): void {
    if (field !== "x" || !this.model.units) throw unread(field);
    const { x } = this.fields;
    const columns = x?.kind === "columns" ? x.columns : [];
    const fault = columns.find((column, d) => {
      const every = (numbers: Float64Array, fits: (number: number) => boolean) =>
        numbers.every((number, i) => i % columns.length !== d || fits(number));
      if (isScaled(column)) return !(every(scale, isPositive) && every(shift, Number.isFinite));
      return !(every(scale, (number) => number === 1) && every(shift, (number) => number === 0));
    });
    if (fault !== undefined) throw unfit(fault.name, isScaled(fault));
  }
}

const isPositive = (number: number): boolean => number > 0 && Number.isFinite(number);

const unread = (field: string): VrnnError =>
  new VrnnError("model/units", "a sequence has units of its own, and the model does not read them", {
    at: `field "${field}"`,
    remedy:
      field === "x"
        ? "make the model with `units: true`, or leave them out: columns are scaled by their statistics"
        : "leave them out: only what is modelled is scaled so",
  });

const unfit = (column: string, scaled: boolean): VrnnError =>
  new VrnnError("data/units", "the units of a sequence cannot scale it", {
    at: `column "${column}"`,
    remedy: scaled
      ? "give finite shifts, and scales above 0"
      : "it is neither real nor quantised: give the shift 0 and the scale 1",
  });
