import type { SequenceScores } from "../../inference/score.ts";
import type { Album } from "../album.ts";
import type { LatentTrajectory, ReportContent } from "../content.ts";
import { latentPathFigure, trajectoriesFigure } from "../figures/latents.ts";
import { renderDetails } from "../page.ts";
import type { ReportSection } from "../section.ts";

/** What the latent variables do along sequences. */
export const latents: ReportSection = {
  id: "latents",
  content: ({ latents }) => (latents.length > 0 ? { latents: latents.map(latentsOf) } : {}),
  render,
};

function render({ latents = [] }: ReportContent, album: Album): ReturnType<ReportSection["render"]> {
  if (latents.length === 0) return undefined;
  const paths = album.add({
    name: "latent-paths",
    title: "Latent paths",
    reading:
      "The posterior mean of all latent variables at every step, in the plane in which they move most (first two principal components, the same for all pictures). A place that is visited again and again is a state that recurs.",
    draw: (canvas) => latentPathFigure(latents, canvas),
  });
  const trajectories = latents.map((trajectory, i) => latentDetails(trajectory, i, album));
  return {
    title: "Latent variables",
    lead: "What the model tells itself about each step, beyond what it could predict. Dimensions that carry no divergence (KL) are not used.",
    body: paths + trajectories.join(""),
  };
}

function latentDetails(trajectory: LatentTrajectory, index: number, album: Album): string {
  const figure = album.add(
    {
      name: `latents-${index + 1}-${trajectory.name}`,
      title: `Latent trajectories of ${trajectory.name}`,
      reading: `The most active dimensions over time, each on its own scale; the share says how much of the whole ${trajectory.kl ? "kl" : "variance"} is theirs.`,
      draw: (canvas) => trajectoriesFigure(trajectory, canvas),
    },
    { isTitled: false },
  );
  return renderDetails(`Trajectories: ${trajectory.name}`, "", figure, index === 0);
}

/** The posterior means along a sequence. */
function latentsOf({ name, length, times, latent }: SequenceScores): LatentTrajectory {
  const size = latent.length / length;
  const clock = times ?? Float64Array.from({ length }, (_, t) => t);
  const dimension = (z: number) => Array.from({ length }, (_, t) => latent[t * size + z]!);
  return { name, times: [...clock], dimensions: Array.from({ length: size }, (_, z) => dimension(z)) };
}
