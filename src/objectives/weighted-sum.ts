/** Several objectives over one trace, made one. */
import { VrnnError } from "../errors.ts";
import type { ModelInput } from "../models/model.ts";
import type { ParticleOptions } from "../models/particle-unroll.ts";
import type { Objective } from "./objective.ts";
import { declaredOf, requireLoss, requireOwnNames, requireTold } from "./told.ts";

/** An objective, and how much it counts beside others. */
export interface WeightedObjective {
  readonly objective: Objective;
  /** 0 or more. Of 0 the figures are told and nothing is learnt: no gradient is computed of it. */
  readonly weight: number;
}

interface Part extends WeightedObjective {
  /** What errors call it. */
  readonly name: string;
}

/**
 * Σ wᵢ Lᵢ over one trace: sequences are unrolled once, and every part reads the same draws. What parts are fed, tell,
 * schedule and remember stands side by side; sequences stay whole where any part wants that. The bound is that of
 * the first part that has one. The best epoch is chosen by the figure of the first part that chooses by one and counts more
 * than 0, and by the bound where none does.
 *
 * @param parts by the names by which errors call them
 * @throws VrnnError `objective/weight`, `objective/particles` where parts would follow a sequence by different particles,
 * `objective/name` where two tell, schedule or remember something by one name, or what one tells has a name that is
 * taken, `objective/select` where one chooses by no figure of its own; its terms throw `objective/untold` where a part does
 * not give what it declares, `objective/undeclared` where it reads what it does not, and `objective/loss` where no term counts
 * @example
 * weightedSum({
 *   elbo: { objective: objectives.elbo.create({ freeBits: 0.1 }), weight: 0.2 },
 *   labels: { objective: crossEntropy, weight: 1 },
 * }).figures; // { logLikelihood: "steps", kl: "steps", crossEntropy: "labelled", accuracy: "labelled" }
 */
export function weightedSum(parts: Readonly<Record<string, WeightedObjective>>): Objective {
  const all = Object.entries(parts).map(([name, part]): Part => ({ name, ...part }));
  requireWeights(all);
  const particles = sharedParticles(all);
  const schedule = (step: number) => sideBySide("scalar", all, ({ objective }) => objective.schedule(step));
  schedule(0); // what two parts schedule by one name is refused before anything runs
  const select = all.find(({ objective, weight }) => weight > 0 && objective.select)?.objective.select;
  const bounded = all.find(({ objective }) => objective.bound)?.objective;
  const sum: Objective = {
    ...(particles && { particles }),
    inputs: (model) => sideBySide("input", all, ({ objective }) => objective.inputs?.(model), isSameInput),
    isOfWholes: (model) => all.some(({ objective }) => objective.isOfWholes?.(model)),
    figures: sideBySide("figure", all, ({ objective }) => objective.figures),
    running: sideBySide("running mean", all, ({ objective }) => objective.running),
    schedule,
    terms: (trace, fed) => {
      const each = all.map((part) => {
        const { objective } = part;
        return { ...part, terms: objective.terms(trace, declaredOf(objective, fed)) };
      });
      for (const { objective, terms } of each) requireTold(objective, terms);
      const loss = each.flatMap(({ terms, weight }) =>
        terms.loss.map((term) => ({ ...term, weight: weight * (term.weight ?? 1) })),
      );
      requireLoss(loss);
      return {
        loss,
        figures: sideBySide("figure", each, ({ terms }) => terms.figures),
        running: sideBySide("running mean", each, ({ terms }) => terms.running),
      };
    },
    ...(bounded && { bound: (totals) => bounded.bound?.(totals) ?? Number.NaN }),
    ...(select && { select }),
  };
  for (const objective of [...all.map((part) => part.objective), sum]) requireOwnNames(objective);
  return sum;
}

/**
 * What all parts name, in one record.
 *
 * @param isShared whether what two parts name alike is the same thing; never, unless told
 */
function sideBySide<Named extends { readonly name: string }, Value>(
  what: string,
  parts: readonly Named[],
  of: (part: Named) => Readonly<Record<string, Value>> | undefined,
  isShared: (one: Value, other: Value) => boolean = () => false,
): Readonly<Record<string, Value>> {
  const found = new Map<string, { readonly value: Value; readonly owner: string }>();
  for (const part of parts)
    for (const [name, value] of Object.entries(of(part) ?? {})) {
      const first = found.get(name);
      if (first && !isShared(first.value, value)) throw sameName(what, name, first.owner, part.name);
      found.set(name, { value, owner: part.name });
    }
  return Object.fromEntries([...found].map(([name, { value }]) => [name, value]));
}

const sameName = (what: string, name: string, one: string, other: string): VrnnError =>
  new VrnnError("objective/name", `the ${what} "${name}" is of both objectives "${one}" and "${other}"`, {
    at: "objective",
    remedy: "give what one of them tells or is fed another name, or leave one out",
  });

const isSameInput = (one: ModelInput, other: ModelInput): boolean =>
  one.field === other.field &&
  one.what === other.what &&
  one.dtype === other.dtype &&
  String(one.shape) === String(other.shape);

/** @throws VrnnError `objective/weight` */
function requireWeights(parts: readonly Part[]): void {
  const bad = parts.find(({ weight }) => !(Number.isFinite(weight) && weight >= 0));
  if (bad !== undefined)
    throw new VrnnError("objective/weight", `the weight ${bad.weight} of the objective "${bad.name}"`, {
      at: "objective",
      remedy: "give a finite number, 0 or more",
    });
  if (parts.some(({ weight }) => weight > 0)) return;
  throw new VrnnError("objective/weight", "there is no objective that counts: nothing would be learnt", {
    at: "objective",
    remedy: "give one of them a weight above 0",
  });
}

/** The particles that all parts want. @throws VrnnError `objective/particles` */
function sharedParticles(parts: readonly Part[]): ParticleOptions | undefined {
  const [first, ...others] = parts;
  const wanted = first?.objective.particles;
  for (const { name, objective } of others)
    if (!isSameFollowing(wanted, objective.particles))
      throw new VrnnError(
        "objective/particles",
        `the objective "${first?.name}" wants sequences followed by ${particleWords(wanted)}, "${name}" by ${particleWords(objective.particles)}`,
        {
          at: "objective",
          remedy: "one trace is of one kind: give them the same particles, or leave one out",
        },
      );
  return wanted;
}

const isSameFollowing = (one: ParticleOptions | undefined, other: ParticleOptions | undefined): boolean =>
  one?.particles === other?.particles && one?.resampling === other?.resampling;

function particleWords(options: ParticleOptions | undefined): string {
  if (options === undefined) return "one draw, with the divergence in closed form";
  const { particles, resampling } = options;
  return `${particles} particles, ${resampling === undefined ? "never resampled" : `${resampling} resampling`}`;
}
