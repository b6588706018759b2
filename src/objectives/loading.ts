/** The table of objectives: a row each, loaded when it is asked for. */
import { capabilitiesOf, type Model } from "../models/model.ts";
import { type OptionNeed, option } from "../options.ts";
import * as z from "../zod.ts";
import { type ElboOptions, elbo, elboOptions, plainElbo } from "./elbo.ts";
import type { Objective, ObjectiveWithBound } from "./objective.ts";
import { fivo, fivoOptions, iwae, iwaeOptions, particleBound } from "./particle-bounds.ts";
import type { weightedSum } from "./weighted-sum.ts";

/** Schemas of options with their defaults, by name. */
export type OptionSchemas = Readonly<Record<string, z.ZodMiniType>>;

/** What is known of an objective before it is made. */
export interface ObjectiveFacts<Own extends OptionSchemas = OptionSchemas> {
  /** The bound that is told of models with latent variables. */
  readonly bound: string;
  /** What a model has to have; absent: nothing that another may lack. Labels have to be in the data, too. */
  readonly needs?: OptionNeed;
  /** Its own options with their defaults, as a run stores them and the command line asks for them. */
  readonly options: Own;
}

type Make<Own extends OptionSchemas> = (options: z.output<z.ZodMiniObject<Own>>) => Objective;

interface Row<Own extends OptionSchemas = OptionSchemas> extends ObjectiveFacts<Own> {
  /** What makes one of any options: its own are taken from them, those that are left out stand at their defaults. */
  load(): Promise<(options: unknown) => Objective>;
}

function row<Own extends OptionSchemas>(
  facts: ObjectiveFacts<Own>,
  load: () => Promise<Make<Own>>,
): Row<Own> {
  const schema = z.object(facts.options);
  return {
    ...facts,
    load: async () => {
      const make = await load();
      return (options) => make(schema.parse(options) as z.output<z.ZodMiniObject<Own>>);
    },
  };
}

/**
 * What makes an objective and beside it a share of the evidence lower bound, by which sequences without a label or a transcript teach
 * as well (semi-supervised learning; Kingma et al. 2014, eq. 9, weighs the two so).
 *
 * @param name what it is called in messages
 */
const besideElbo = (name: string, load: () => Promise<(options: ElboOptions) => Objective>) => async () => {
  const [own, { weightedSum }] = await Promise.all([load(), import("./rare.ts")]);
  return ({ elboWeight, ...options }: ElboOptions & { readonly elboWeight: number }): Objective =>
    weightedSum({
      elbo: { objective: elbo({ ...options, labelSmoothing: 0 }), weight: elboWeight },
      [name]: { objective: own(options), weight: 1 },
    });
};

/** What a nat per step of the evidence lower bound costs beside a nat per label or transcript; 0 learns these alone. */
const elboWeight = option(z._default(z.number().check(z.minimum(0)), 0.1), {
  flag: "--elbo-weight <weight>",
});

/** What nearly every page asks for is there at once. */
const objectiveRows = {
  elbo: row(
    {
      bound: "elbo",
      options: elboOptions,
    },
    async () => elbo,
  ),
  iwae: row(
    {
      bound: "iwae",
      needs: "latents",
      options: iwaeOptions,
    },
    async () => iwae,
  ),
  fivo: row(
    {
      bound: "fivo",
      needs: "latents",
      options: fivoOptions,
    },
    async () => fivo,
  ),
  "cross-entropy": row(
    {
      bound: "elbo",
      needs: "labels",
      options: {
        ...elboOptions,
        elboWeight,
      },
    },
    besideElbo("cross-entropy", async () => {
      const { smoothedCrossEntropy } = await import("./rare.ts");
      return ({ labelSmoothing }) => smoothedCrossEntropy(labelSmoothing);
    }),
  ),
  ctc: row(
    {
      bound: "elbo",
      needs: "transcripts",
      options: {
        ...elboOptions,
        elboWeight,
      },
    },
    besideElbo("ctc", async () => {
      const { connectionist } = await import("./rare.ts");
      return () => connectionist;
    }),
  ),
} as const satisfies Record<string, Row>;

/** The name of an objective. */
export type ObjectiveName = keyof typeof objectiveRows;

export const objectiveNames = Object.keys(objectiveRows) as [ObjectiveName, ...ObjectiveName[]];

/** What is known of each objective before it is made. */
export const objectiveFacts: {
  readonly [Name in ObjectiveName]: ObjectiveFacts<(typeof objectiveRows)[Name]["options"]>;
} = objectiveRows;

/**
 * What makes an objective of any options.
 *
 * @example
 * (await loadObjective("fivo"))({ particles: 8 }).particles; // { particles: 8, resampling: "systematic" }
 */
export const loadObjective = (name: ObjectiveName): Promise<(options: unknown) => Objective> =>
  objectiveRows[name].load();

export const hasBound = (objective: Objective): objective is ObjectiveWithBound =>
  objective.bound !== undefined;

/**
 * An objective with a bound, its own or that of its trace, which is then told beside it and not learnt.
 *
 * @param sum `weightedSum`, which few pages load; it refuses what an objective may not declare
 */
export function withBound(objective: Objective, sum: typeof weightedSum): ObjectiveWithBound {
  const { particles } = objective;
  const trace = particles === undefined ? plainElbo : particleBound(particles);
  const [bound, told] = hasBound(objective)
    ? [objective, {}]
    : [trace, { "its bound": { objective: trace, weight: 0 } }];
  return {
    ...sum({ objective: { objective, weight: 1 }, ...told }),
    bound: (totals) => bound.bound(totals),
  };
}

/** An objective of somebody's own, as training takes it. @throws VrnnError as `weightedSum` */
export const ownObjective = async (objective: Objective): Promise<ObjectiveWithBound> =>
  withBound(objective, (await import("./rare.ts")).weightedSum);

/**
 * The objectives that have an option of a name.
 *
 * @example
 * readersOf("particles"); // ["iwae", "fivo"]
 */
export const readersOf = (option: string): readonly ObjectiveName[] =>
  objectiveNames.filter((name) => Object.hasOwn(objectiveRows[name].options, option));

/**
 * What the nats of a model are: a bound, or the likelihood itself where nothing is left out.
 *
 * @example
 * boundName("fivo", new Hmm({ columns, states: 3 })); // "log-likelihood"
 */
export const boundName = (objective: ObjectiveName, model: Model): string =>
  capabilitiesOf(model).exact ? "log-likelihood" : objectiveRows[objective].bound;
