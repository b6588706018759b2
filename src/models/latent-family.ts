/** The family of a model's latent variables, as models are asked for it. */
import type { LatentFamilyName } from "../distributions/latent/families.ts";
import { VrnnError } from "../errors.ts";

/**
 * Refuses a family of latent variables where there are none.
 *
 * @param latent how many there are
 * @throws VrnnError `model/latents`
 */
export function requireLatents(latent: number, family: LatentFamilyName): void {
  if (latent > 0 || family === "normal") return;
  throw new VrnnError("model/latents", `there are no latent variables to have a ${family} distribution`, {
    at: "--latent-family",
    remedy: "give the model some, --latent 16, or leave their family out",
  });
}
