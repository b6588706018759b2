import { counted } from "../../words/figures.ts";
import type { Album } from "../album.ts";
import type { Epoch, ReportContent } from "../content.ts";
import { bestEpoch, boundScale, historyFigure } from "../figures/history.ts";
import { comparisonFigure, MOST_COLUMNS, perColumnFigure } from "../figures/nats.ts";
import type { Metrics, ReportSection } from "../section.ts";
import { formatNats } from "../words.ts";

/** How likely the model finds data: beside others, over the course of training, column by column. */
export const bound: ReportSection = {
  id: "bound",
  content: ({ metrics, baselines, comparison, perColumn }) => ({
    history: historyOf(metrics),
    ...(baselines && { baselines }),
    ...(comparison && { comparison }),
    ...(perColumn && { perColumn }),
  }),
  render,
};

function render(content: ReportContent, album: Album): ReturnType<ReportSection["render"]> {
  const figures = [comparison(content, album), history(content, album), perColumn(content, album)];
  const body = figures.join("");
  if (body === "") return undefined;
  return {
    title: "Likelihood of the data",
    lead: "Nats per step measure how much probability a model gives to what really came next: the higher, the better, and one nat more means e ≈ 2.7 times as likely. For a model with latent variables they are a lower bound.",
    body,
  };
}

function comparison({ comparison: models = [] }: ReportContent, album: Album): string {
  if (models.length === 0) return "";
  return album.add({
    name: "comparison",
    title: "Models on held-out data",
    reading:
      "Each dot is a model, the best on top; the further right, the likelier it found data that it had never seen.",
    draw: (canvas) => comparisonFigure(models, canvas),
  });
}

function history({ history: epochs, baselines = [] }: ReportContent, album: Album): string {
  if (epochs.length === 0) return "";
  const best = bestEpoch(epochs);
  const { hidden } = boundScale(epochs, baselines);
  const reading = [
    "The bound after each epoch, on the data learned from (train) and on data kept aside (valid).",
    best &&
      `The weights kept are those of epoch ${best.epoch}, where validation was best (${formatNats(best.valid)}).`,
    baselines.length > 0 && "Dashed lines are what simpler models reach on the same validation data.",
    epochs.some(({ kl }) => typeof kl === "number") &&
      "The divergence below (KL) is what the latent variables say; it is the distance from the bound to the reconstruction.",
    hidden > 0 &&
      `${counted(hidden, "epoch")} with values below the picture ${hidden === 1 ? "is" : "are"} cut off.`,
  ];
  return album.add({
    name: "history",
    title: "Training",
    reading: reading.filter(Boolean).join(" "),
    draw: (canvas) => historyFigure(epochs, baselines, canvas),
  });
}

function perColumn({ perColumn: columns = [] }: ReportContent, album: Album): string {
  if (columns.length === 0) return "";
  const rest =
    columns.length > MOST_COLUMNS ? ` The ${MOST_COLUMNS} hardest of ${columns.length} are shown.` : "";
  return album.add({
    name: "per-column",
    title: "Which columns are hard to predict",
    reading: `The part of each column in the nats of a step, the hardest on top; a short bar is a column that the model predicts well.${rest}`,
    draw: (canvas) => perColumnFigure(columns, canvas),
  });
}

/** The course of training, out of a run's metrics. */
const historyOf = (events: readonly Metrics[]): Epoch[] =>
  events.flatMap((event) => {
    const [train, valid, epoch] = [event["train/elbo"], event["valid/elbo"], event["epoch"]];
    if (typeof train !== "number" || typeof epoch !== "number") return [];
    const [kl, reconstruction] = [event["train/kl"], event["train/logLikelihood"]];
    return [
      {
        epoch,
        train,
        valid: typeof valid === "number" ? valid : null,
        ...(typeof kl === "number" && { kl }),
        ...(typeof reconstruction === "number" && { reconstruction }),
      },
    ];
  });
