import type { Album } from "./album.ts";
import type {
  Clock,
  DetectionContent,
  LatentTrajectory,
  ReportContent,
  ScoredSequence,
  SplitExcerpt,
} from "./content.ts";
import { excerptFigure, excerptReading, samplesFigure, samplesReading } from "./figures/excerpt.ts";
import { bestEpoch, boundScale, historyFigure } from "./figures/history.ts";
import { kindsFigure } from "./figures/kinds.ts";
import { latentPathFigure, trajectoriesFigure } from "./figures/latents.ts";
import { comparisonFigure, MOST_COLUMNS, perColumnFigure } from "./figures/nats.ts";
import { timelineFigure } from "./figures/timeline.ts";
import { type Cell, renderDetails, renderTable, type Section } from "./page.ts";
import { type Verdicts, verdictsOf } from "./verdict.ts";
import { escapeText, formatNats, formatNumber, formatShare } from "./words.ts";

/** Writes a section, or nothing when the content has nothing for it. */
type SectionWriter = (content: ReportContent, album: Album) => Section | undefined;

/** The sections in the order of the page: what was found first, what it was found in last. */
export const SECTION_WRITERS: readonly SectionWriter[] = [
  incidents,
  boundSection,
  samplesSection,
  latentsSection,
  dataSection,
];

const counted = (count: number, noun: string) => `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;

const MOST_OPEN = 2;

function incidents({ detection, clock = "seconds" }: ReportContent, album: Album): Section | undefined {
  if (!detection || detection.sequences.length + detection.perKind.length === 0) return undefined;
  const kinds =
    detection.perKind.length > 0
      ? album.add({
          name: "incidents",
          title: "Incidents found, by kind",
          reading:
            "Each box is one labelled incident: filled when an alarm met it, an outline when none did. The delay runs from the start of an incident to its first flagged step.",
          draw: (canvas) => kindsFigure(detection.perKind, canvas),
        })
      : "";
  const timelines = detection.sequences.map((sequence, i) => timeline(sequence, i, detection, clock, album));
  const isLabelled = detection.perKind.length > 0;
  return {
    id: "incidents",
    title: isLabelled ? "Incidents" : "What is odd",
    lead: `A step raises an alarm when it is so unlikely that the score passes a threshold chosen on clean data. ${isLabelled ? quality(detection) : "Nothing here is labelled: whether an alarm is right is for the reader to say."}`,
    body: kinds + timelines.join(""),
  };
}

const quality = ({ precision, recall, falseAlarmsPerHour }: DetectionContent): string =>
  `The model saw no incident while it learned. Precision ${formatShare(precision)}, recall ${formatShare(recall)}, ${formatNumber(falseAlarmsPerHour, 3)} false alarms an hour.`;

function timeline(
  sequence: ScoredSequence,
  index: number,
  detection: DetectionContent,
  clock: Clock,
  album: Album,
): string {
  const verdicts = verdictsOf(sequence, detection);
  const watched = sequence.topColumns.length > 0 ? " Below it, the columns that stood out most." : "";
  const band = sequence.topColumns.some(({ expectedLow, expectedHigh }) => expectedLow && expectedHigh)
    ? " The band behind a column is what the model expected."
    : "";
  const figure = album.add(
    {
      name: `timeline-${index + 1}-${sequence.name}`,
      title: `Scores and alarms of ${sequence.name}`,
      reading: `The line is the score of each step: the higher, the less the model expected what it saw; what lies above the dashed threshold is filled. Shaded windows are labelled incidents.${watched}${band}`,
      draw: (canvas) => timelineFigure(sequence, detection, canvas),
    },
    { isTitled: false },
  );
  const body = figure + (verdicts.events.length > 0 ? eventTable(verdicts, clock) : "");
  return renderDetails(sequence.name, remarkOn(verdicts), body, index < MOST_OPEN);
}

function remarkOn({ incidents: labelled, events }: Verdicts): string {
  const found = labelled.filter(({ isFound }) => isFound).length;
  if (labelled.length === 0) return counted(events.length, "alarm");
  const wrong = events.filter(({ isRight }) => !isRight).length;
  return `${found} of ${counted(labelled.length, "incident")} found, ${counted(wrong, "false alarm")}`;
}

function eventTable({ events }: Verdicts, clock: Clock): string {
  const rows = events.map(({ start, end, reasons, isRight, kinds }): Cell[] => [
    moment(start, clock),
    span(end - start, clock),
    { markup: verdictMarkup(isRight, kinds, reasons) },
  ]);
  const columns = [
    { title: "Alarm at", isNumber: true },
    { title: "Length", isNumber: true },
    { title: "Verdict, and what stood out" },
  ];
  return renderTable(columns, rows);
}

function verdictMarkup(isRight: boolean, kinds: readonly string[], reasons: readonly string[]): string {
  const verdict = isRight
    ? `<span class="mark found">✓ ${escapeText(kinds.join(", "))}</span>`
    : `<span class="mark alarm">false alarm</span>`;
  return `${verdict} <span class="muted">${escapeText(reasons.join(", "))}</span>`;
}

function moment(time: number, clock: Clock): string {
  if (clock !== "date") return clock === "steps" ? `step ${formatNumber(time)}` : `${time.toFixed(1)} s`;
  return Number.isFinite(time) && Math.abs(time) < 8.64e15
    ? new Date(time).toISOString().slice(0, 19).replace("T", " ")
    : "–";
}

function span(length: number, clock: Clock): string {
  if (clock === "steps") return counted(length, "step");
  return `${(clock === "date" ? length / 1000 : length).toFixed(1)} s`;
}

function boundSection(content: ReportContent, album: Album): Section | undefined {
  const figures = [comparison(content, album), history(content, album), perColumn(content, album)];
  const body = figures.join("");
  if (body === "") return undefined;
  return {
    id: "bound",
    title: "Likelihood of the data",
    lead: "Nats per step measure how much probability a model gives to what really came next: the higher, the better, and one nat more means e ≈ 2.7 times as likely. For the model they are a lower bound.",
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

function samplesSection({ samples }: ReportContent, album: Album): Section | undefined {
  if (!samples || samples.sampled.length === 0) return undefined;
  const { real, sampled } = samples;
  const figure = album.add({
    name: "samples",
    title: "Real and invented",
    reading: samplesReading(real, sampled),
    draw: (canvas) => samplesFigure(real, sampled, canvas),
  });
  return {
    id: "samples",
    title: "Samples",
    lead: "Sequences that the model invents when nothing is given to it. They should behave like real ones without repeating them.",
    body: figure,
  };
}

function latentsSection({ latents = [] }: ReportContent, album: Album): Section | undefined {
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
    id: "latents",
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
      reading: `The most active dimensions over time, each on its own scale; the share says how much of the whole ${trajectory.kl ? "divergence" : "variance"} is theirs.`,
      draw: (canvas) => trajectoriesFigure(trajectory, canvas),
    },
    { isTitled: false },
  );
  return renderDetails(`Trajectories: ${trajectory.name}`, "", figure, index === 0);
}

function dataSection(content: ReportContent, album: Album): Section | undefined {
  const { columns, excerpts, notes } = content;
  if (columns.length + excerpts.length + notes.length === 0) return undefined;
  const headers = [
    { title: "Column" },
    { title: "Kind" },
    { title: "Range" },
    { title: "Missing", isNumber: true },
    { title: "Resolution", isNumber: true },
  ];
  const rows = columns.map(({ name, kind, range, missing, resolution }) => [
    name,
    kind,
    range,
    missing,
    resolution,
  ]);
  const table = columns.length > 0 ? renderTable(headers, rows) : "";
  const list =
    notes.length > 0
      ? `<ul class="notes">${notes.map((note) => `<li>${escapeText(note)}</li>`).join("")}</ul>`
      : "";
  const figures = excerpts.map((excerpt, i) => excerptDetails(excerpt, i, album));
  return {
    id: "data",
    title: "The data",
    lead: "What the files hold, and a stretch of each split as the model sees it.",
    body: table + list + figures.join(""),
  };
}

function excerptDetails(excerpt: SplitExcerpt, index: number, album: Album): string {
  const figure = album.add(
    {
      name: `excerpt-${index + 1}-${excerpt.split}-${excerpt.name}`,
      title: `${excerpt.split}: ${excerpt.name}`,
      reading: excerptReading(excerpt),
      draw: (canvas) => excerptFigure(excerpt, canvas),
    },
    { isTitled: false },
  );
  return renderDetails(
    `${excerpt.split}: ${excerpt.name}`,
    counted(excerpt.times.length, "step"),
    figure,
    index === 0,
  );
}
