import type { AnomalyEvent } from "../../anomaly/detect.ts";
import { DIVERGENCE_COLUMN, secondsOf } from "../../anomaly/entry-scores.ts";
import { RECOVERY_SECONDS } from "../../anomaly/incidents.ts";
import { alarmWords } from "../../words/alarms.ts";
import { counted } from "../../words/figures.ts";
import type { Album } from "../album.ts";
import type { Clock, DetectionContent, ReportContent, ScoredSequence } from "../content.ts";
import { kindsFigure } from "../figures/kinds.ts";
import { timelineFigure } from "../figures/timeline.ts";
import { type Cell, renderDetails, renderTable } from "../page.ts";
import { namedUnit, type ReportSection, type ReportSource, tableIn } from "../section.ts";
import { seriesOf } from "../series.ts";
import { type Verdicts, verdictsOf } from "../verdict.ts";
import { escapeText, formatNumber, formatShare } from "../words.ts";

/** What was found: labelled incidents, alarms, and what stood out in them. */
export const incidents: ReportSection = {
  id: "incidents",
  content: (source) => {
    const detection = detectionOf(source);
    return detection === undefined ? {} : { detection };
  },
  render,
};

const MOST_WATCHED = 4;
const MOST_OPEN = 2;

function render(
  { detection, clock = "seconds" }: ReportContent,
  album: Album,
): ReturnType<ReportSection["render"]> {
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
    title: isLabelled ? "Incidents" : "What is odd",
    lead: `A step raises an alarm when it is so unlikely that the score passes a threshold chosen on clean data${aim(detection, clock)}. ${isLabelled ? quality(detection) : "Nothing here is labelled: whether an alarm is right is for the reader to say."}`,
    body: kinds + timelines.join(""),
  };
}

const aim = ({ wanted }: DetectionContent, clock: Clock): string =>
  wanted === undefined ? "" : `, for ${alarmWords(wanted, clock !== "steps")} at most`;

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
  return Number.isFinite(time) && Math.abs(time) < 8.64e12
    ? new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ")
    : "–";
}

function span(length: number, clock: Clock): string {
  if (clock === "steps") return counted(length, "step");
  return `${length.toFixed(1)} s`;
}

/** What was flagged in labelled sequences. */
function detectionOf(source: ReportSource): DetectionContent | undefined {
  const { units, detection } = source;
  const table = tableIn(source);
  if (detection === undefined || table === undefined) return undefined;
  const { columns } = table;
  const { labelled, study } = detection;
  const { detector, detections, quality } = study;
  const { kinds, precision, recall, falseEventsPerHour } = quality;
  const sequences = labelled.map(({ sequence, incidents }, i): ScoredSequence => {
    const { scores, events } = detections[i]!;
    return {
      name: sequence.name,
      times: [...secondsOf(sequence)],
      score: [...scores],
      threshold: detector.threshold,
      incidents,
      events: events.map(({ start, end, reasons }) => ({
        start,
        end,
        reasons: reasons.map(({ column }) => column),
      })),
      topColumns: watched(events).map((name) => ({
        name,
        ...namedUnit(units, name),
        values: seriesOf(
          sequence,
          columns.findIndex((column) => column.name === name),
          columns.length,
        ),
      })),
    };
  });
  const perKind = Object.entries(kinds).map(([kind, { total, found, medianDelaySeconds }]) => ({
    kind,
    total,
    found,
    medianDelaySeconds,
  }));
  return {
    sequences,
    perKind,
    precision,
    recall,
    falseAlarmsPerHour: falseEventsPerHour,
    wanted: detector.wanted,
    tolerance: RECOVERY_SECONDS,
  };
}

/** The columns that stood out most over all events of a sequence. */
function watched(events: readonly AnomalyEvent[]): string[] {
  const sums = new Map<string, number>();
  for (const { column, excess } of events.flatMap(({ reasons }) => reasons))
    sums.set(column, (sums.get(column) ?? 0) + excess);
  sums.delete(DIVERGENCE_COLUMN);
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name)
    .slice(0, MOST_WATCHED);
}
