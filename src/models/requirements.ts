/** What some tasks ask of models, beside what all can do. */
import { VrnnError } from "../errors.ts";
import { canSmooth, capabilitiesOf, type ExactModel, type Model, type SmoothingModel } from "./model.ts";

/** An exact model whose hidden state has a likeliest path. */
export type PathModel = SmoothingModel & Required<Pick<ExactModel, "paths">>;

export const hasPaths = (model: Model): model is PathModel => canSmooth(model) && model.paths !== undefined;

/**
 * Refuses a model whose sequences have units of their own.
 *
 * @param what cannot be done with it @param remedy what to do instead
 * @throws VrnnError `model/units`
 */
export function requireColumnUnits({ units = false }: Model, what: string, remedy: string): void {
  if (!units) return;
  throw new VrnnError("model/units", `the model's sequences are scaled one by one, and ${what}`, { remedy });
}

/**
 * Refuses a model whose posterior reads what comes later.
 *
 * @param remedy what to do instead
 * @throws VrnnError `model/not-causal`
 */
export function requireCausal(model: Model, remedy: string): void {
  if (capabilitiesOf(model).causal) return;
  throw new VrnnError("model/not-causal", "the model's posterior reads what comes later", { remedy });
}
