import { VrnnError } from "../../errors.ts";
import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { emissionNames, family } from "../family.ts";
import { Hmm } from "./hmm.ts";

const hmmOptions = z.strictObject({
  states: option(z._default(z.int().check(z.minimum(1), z.maximum(4096)), 8), {
    flag: "--states <count>",
    help: "hidden states",
  }),
  restarts: option(z._default(z.int().check(z.minimum(1), z.maximum(1000)), 4), {
    flag: "--restarts <count>",
    help: "starts of expectation maximisation (--learner em), of which the likeliest goes on",
    learner: "em",
  }),
  chooseStates: option(z._default(z.array(z.int().check(z.minimum(1), z.maximum(4096))), []), {
    flag: "--choose-states <counts>",
    help: "numbers of hidden states to choose among, such as 2,3,5,8, by expectation maximisation",
    learner: "em",
  }),
  chooseBy: option(z._default(z.enum(["bic", "validation"]), "bic"), {
    flag: "--choose-by <score>",
    help: "what chooses it: bic, or the likelihood of validation data",
    learner: "em",
  }),
  emission: emissionNames,
});

/**
 * The family that every page has, reached from here too: a bundler cuts what families share by how far each reaches, and leaves in one
 * piece what all reach alike.
 */
export { vrnn } from "../vrnn/family.ts";

export const hmm = family(
  hmmOptions,
  {
    columns: ({ columns, conditions = [], scaleSteps }, { states, emission, restarts }) => {
      if (scaleSteps !== undefined) throw withoutUnits();
      if (conditions.length > 0) throw withoutConditions("a hidden Markov model");
      return new Hmm({ columns, states, emission, restarts });
    },
    has: [],
  },
  ({ states }) => [{ label: "hidden states", value: String(states) }],
  { learners: ["gradient", "em"] },
);

const withoutUnits = (): VrnnError =>
  new VrnnError("model/units", "a hidden Markov model has one scale for all sequences", {
    at: "--scale-series",
    remedy: "leave it out, or choose vrnn or srnn",
  });

const withoutConditions = (what: string): VrnnError =>
  new VrnnError("model/conditions", `${what} takes nothing beside the data`, {
    remedy: "model the static columns and covariates like the others, or choose another family",
  });
