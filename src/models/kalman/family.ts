import { VrnnError } from "../../errors.ts";
import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { family } from "../family.ts";
import { Kalman } from "./kalman.ts";

const USUAL_STATES = 4;

const kalmanOptions = z.strictObject({
  states: option(z._default(z.int().check(z.minimum(1), z.maximum(400)), USUAL_STATES), {
    flag: "--states <count>",
    help: "hidden states",
  }),
  structure: option(z.optional(z.string().check(z.maxLength(100))), {
    flag: "--structure <name>",
    help: "what moves each column, its noise alone learned: level, trend, season:24, trend+season:24",
  }),
});

/** The family that every page has, reached from here too, as from `hmm/family.ts`. */
export { vrnn } from "../vrnn/family.ts";

export const kalman = family(
  kalmanOptions,
  {
    columns: ({ columns, conditions, scaleSteps }, options) => {
      if (scaleSteps !== undefined) throw withoutUnits();
      if (options.structure !== undefined && options.states !== USUAL_STATES) throw ownStates();
      return new Kalman({ columns, conditions, ...options });
    },
    has: ["conditions"],
  },
  ({ states, structure }) => [
    structure === undefined
      ? { label: "hidden states", value: String(states) }
      : { label: "structure", value: structure },
  ],
  { learners: ["gradient", "em"], usual: { training: { learner: "em", epochs: 200, patience: 10 } } },
);

const ownStates = (): VrnnError =>
  new VrnnError("kalman/states", "a structure has hidden states of its own", {
    at: "--states",
    remedy: "leave them out, or the structure",
  });

const withoutUnits = (): VrnnError =>
  new VrnnError("model/units", "a Kalman filter has one scale for all sequences", {
    at: "--scale-series",
    remedy: "leave it out, or choose vrnn or srnn",
  });
