/** Weight decay, for all matrices alike or by groups of parameters. */
import { VrnnError } from "../errors.ts";
import { countOf, type Parameter } from "../nn/parameters.ts";
import { emptyFloat32, type TensorValue } from "../runtime/runtime.ts";
import { didYouMean } from "../words/nearest.ts";
import type { TrainingOptions } from "./options.ts";
import { eachParameter } from "./weights.ts";

type DecayOptions = Pick<TrainingOptions, "weightDecay" | "decayGroups">;

/** Whether any parameter decays. */
export const hasDecay = ({ weightDecay, decayGroups }: DecayOptions): boolean =>
  weightDecay > 0 || Object.values(decayGroups).some((rate) => rate > 0);

/**
 * The rate of each parameter, `[P]`: that of the longest group name that its own begins with; else the general rate
 * for matrices, and none for vectors (biases, gains).
 */
export function decayRates(parameters: readonly Parameter[], options: DecayOptions): TensorValue {
  const rates = emptyFloat32([countOf(parameters)]);
  for (const { parameter, values } of eachParameter(parameters, rates.data))
    values.fill(rateOf(parameter, options));
  return rates;
}

function rateOf({ name, shape }: Parameter, { weightDecay, decayGroups }: DecayOptions): number {
  const groups = Object.keys(decayGroups).filter((group) => belongs(name, group));
  const closest = groups.sort((a, b) => b.length - a.length)[0];
  if (closest !== undefined) return decayGroups[closest] as number;
  return shape.length > 1 ? weightDecay : 0;
}

/** `prior.hidden` holds `prior.hidden.weight`, not `prior.hiddenmost`. */
const belongs = (name: string, group: string): boolean => name === group || name.startsWith(`${group}.`);

/**
 * @throws VrnnError `train/decay-group` for a group that holds no parameter.
 */
export function checkDecayGroups(parameters: readonly Parameter[], { decayGroups }: DecayOptions): void {
  const names = parameters.map(({ name }) => name);
  const empty = Object.keys(decayGroups).find((group) => !names.some((name) => belongs(name, group)));
  if (empty === undefined) return;
  const groups = [...new Set(names.map((name) => name.split(".")[0] as string))];
  throw new VrnnError("train/decay-group", `no parameter's name begins with "${empty}"`, {
    at: "--decay-group",
    remedy: didYouMean(empty, [...groups, ...names], { otherwise: `groups are ${groups.join(", ")}` }),
  });
}
