import { type LatentSpaceContent, latentSpaceFigure } from "./figures/clusters.ts";
import { standalone } from "./panel.ts";

/** The picture of clusters as a file of its own. */
export function latentSpacePicture(content: LatentSpaceContent): string {
  const reading =
    "Each point is a sequence as the model sees it, pooled over its steps, in the plane in which sequences differ most. Clusters were found in more directions than these two.";
  return standalone(latentSpaceFigure(content, { width: 760, clock: "steps" }), "Latent space", reading);
}
