import * as Plot from "@observablehq/plot";
import type { DetectionContent, ScoredSequence, WatchedColumn } from "../content.ts";
import {
  type Canvas,
  column,
  type Key,
  legend,
  type Panel,
  plotPanel,
  svgOf,
  textWidth,
  timeScale,
} from "../panel.ts";
import { colour } from "../theme.ts";
import { extent, thin } from "../thin.ts";
import { type Verdicts, verdictsOf } from "../verdict.ts";
import { formatNumber, shorten } from "../words.ts";
import { type Row, rowMargins, rowsPanel, type Shade } from "./rows.ts";

const THRESHOLD: Key = { label: "threshold", colour: colour("ink"), mark: "dashed" };

const KEYS: readonly Key[] = [
  { label: "incident found", colour: colour("found"), mark: "pale" },
  { label: "incident missed", colour: colour("missed"), mark: "pale" },
  { label: "alarm in an incident", colour: colour("found"), mark: "filled" },
  { label: "false alarm", colour: colour("alarm"), mark: "outlined" },
  THRESHOLD,
];

/** Where nothing is labelled no alarm is right or wrong. */
const UNLABELLED_KEYS: readonly Key[] = [
  { label: "alarm", colour: colour("alarm"), mark: "filled" },
  THRESHOLD,
];

/** The score of a sequence over time, its incidents and alarms, and the columns that stood out, on one time axis. */
export function timelineFigure(
  sequence: ScoredSequence,
  detection: DetectionContent,
  canvas: Canvas,
): string {
  const verdicts = verdictsOf(sequence, detection);
  // Labels of another sequence tell too that this one was looked through.
  const isLabelled = [sequence, ...detection.sequences].some(({ incidents }) => incidents.length > 0);
  const shades = verdicts.incidents.map(({ start, end, isFound }): Shade => {
    return { start, end, colour: colour(isFound ? "found" : "missed") };
  });
  const { left, right } = rowMargins(canvas);
  const track: Track = {
    ...canvas,
    left,
    right,
    shades,
    times: sequence.times,
    room: canvas.width - left - right,
  };
  const panels = [
    ...(verdicts.incidents.length > 0 ? [namesPanel(verdicts, track)] : []),
    scorePanel(sequence, track),
    alarmsPanel(verdicts, track, isLabelled),
    rowsPanel(sequence.topColumns.map(watchedRow), track),
  ];
  return svgOf(
    column([legend(isLabelled ? KEYS : UNLABELLED_KEYS, canvas.width), column(panels)], 4),
    "Timeline of scores, incidents and alarms",
  );
}

function watchedRow({ name, unit, values, expectedLow, expectedHigh }: WatchedColumn): Row {
  return {
    label: name,
    values,
    ...(unit !== undefined && { note: unit }),
    ...(expectedLow && { low: expectedLow }),
    ...(expectedHigh && { high: expectedHigh }),
  };
}

/** What the panels of a timeline have in common: they lie under each other on one time axis. */
interface Track extends Canvas {
  readonly left: number;
  readonly right: number;
  /** Pixels between the margins. */
  readonly room: number;
  readonly times: readonly number[];
  readonly shades: readonly Shade[];
}

/** A panel of a timeline without an axis of its own. */
function trackPanel(track: Track, height: number, y: Plot.ScaleOptions, marks: Plot.Markish[]): Panel {
  const { width, left, right, times, clock } = track;
  const x = { ...timeScale(times, clock), axis: null };
  const margins = { margin: 0, marginLeft: left, marginRight: right };
  return plotPanel({ width, height, ...margins, x, y: { type: "linear", axis: null, ...y }, marks });
}

const shadeMarks = ({ shades }: Track): Plot.Markish[] =>
  shades.map((shade) =>
    Plot.rect([shade], { x1: "start", x2: "end", fill: shade.colour, fillOpacity: 0.16 }),
  );

const LANE = 16;

/** The kinds of the incidents above their windows, in as many lanes as keep them apart. */
function namesPanel({ incidents }: Verdicts, track: Track): Panel {
  const { times, room, right } = track;
  const [from, to] = extent(times) ?? [0, 1];
  const perPixel = (to - from || 1) / room;
  const ends: number[] = [];
  const names = [...incidents]
    .sort((a, b) => a.start - b.start)
    .map(({ kind, start, end, isFound }) => {
      const text = `${isFound ? "✓" : "✗"} ${shorten(kind, 18)}`;
      const half = textWidth(text, 11) / 2;
      const middle = ((start + end) / 2 - from) / perPixel;
      const place = Math.min(Math.max(middle, half), room + right - half);
      const free = ends.findIndex((taken) => taken + 8 < place - half);
      const lane = free < 0 ? ends.length : free;
      ends[lane] = place + half;
      const moment = (start + end) / 2;
      return {
        text,
        lane,
        x: from + place * perPixel,
        moment,
        start,
        end,
        ink: colour(isFound ? "found" : "missed"),
      };
    });
  const lanes = Math.max(1, ends.length);
  return trackPanel(track, lanes * LANE + 6, { domain: [lanes + 6 / LANE, 0] }, [
    Plot.ruleX(names, {
      x: "moment",
      y1: ({ lane }: { lane: number }) => lane + 1,
      y2: lanes + 1,
      stroke: "ink",
    }),
    Plot.text(names, {
      x: "x",
      y: ({ lane }: { lane: number }) => lane + 0.5,
      text: "text",
      fill: "ink",
      stroke: colour("card"),
      strokeWidth: 4,
      fontSize: 11,
    }),
  ]);
}

const SCORE_HEIGHT = 150;

function scorePanel({ times, score, threshold }: ScoredSequence, track: Track): Panel {
  const [least, most] = extent(score, [threshold]) ?? [0, 1];
  const [low, high] = [Math.min(0, least), most > 0 ? most * 1.08 : 1];
  // Beside one huge peak all the rest would lie flat on the axis.
  const isSquareRoot = low === 0 && most > 8 * threshold && threshold > 0;
  const points = thin(times, score, track.room);
  const above = points.map(({ x, y }) => ({ x, y: Math.max(y, threshold) }));
  const ticks = isSquareRoot ? [0, 1, 2, 3].map((k) => oneDigit((most * k * k) / 9)) : 4;
  return trackPanel(track, SCORE_HEIGHT, { type: isSquareRoot ? "sqrt" : "linear", domain: [low, high] }, [
    ...shadeMarks(track),
    Plot.gridY({ ticks, stroke: colour("line"), strokeOpacity: 1 }),
    Plot.axisY({ ticks, label: null, tickSize: 0, tickFormat: (tick: number) => formatNumber(tick, 3) }),
    Plot.areaY(above, { x: "x", y1: threshold, y2: "y", fill: colour("ink"), fillOpacity: 0.2 }),
    Plot.line(points, { x: "x", y: "y", stroke: colour("ink"), strokeWidth: 1.1 }),
    Plot.ruleY([threshold], { stroke: colour("ink"), strokeDasharray: "4,3" }),
    Plot.text([threshold], {
      y: (value: number) => value,
      text: (value: number) => formatNumber(value, 3),
      frameAnchor: "right",
      textAnchor: "start",
      dx: 6,
      fontSize: 10,
    }),
    ...nameMarks(track, "score", isSquareRoot ? "square-root scale" : ""),
  ]);
}

const oneDigit = (value: number) => (value === 0 ? 0 : Number(value.toPrecision(1)));

/** What a panel shows, in its left margin. */
function nameMarks({ left }: Track, name: string, note = ""): Plot.Markish[] {
  const place = { frameAnchor: "top-left", textAnchor: "start", dx: -left } as const;
  return [
    Plot.text([name], { ...place, dy: 4, fill: colour("ink") }),
    Plot.text([note], { ...place, dy: 20, fontSize: 10.5 }),
  ];
}

const LEAST_WIDTH = 4;

/** A lane with a box per flagged event: filled where it meets an incident, an outline where it is a false alarm; unlabelled all alike. */
function alarmsPanel({ events }: Verdicts, track: Track, isLabelled: boolean): Panel {
  const [from, to] = extent(track.times) ?? [0, 1];
  const least = ((to - from || 1) / track.room) * LEAST_WIDTH;
  const boxes = events.map(({ start, end, isRight }) => ({
    start,
    end: Math.max(end, start + least),
    isRight,
  }));
  const place = { x1: "start", x2: "end", y1: 0.25, y2: 0.75, rx: 2 } as const;
  const [right, wrong] = [boxes.filter(({ isRight }) => isRight), boxes.filter(({ isRight }) => !isRight)];
  return trackPanel(track, 26, { domain: [0, 1] }, [
    ...shadeMarks(track),
    Plot.ruleY([0, 1], { stroke: colour("line") }),
    Plot.rect(right, { ...place, fill: colour("found") }),
    Plot.rect(wrong, {
      ...place,
      fill: colour(isLabelled ? "card" : "alarm"),
      stroke: colour("alarm"),
      strokeWidth: 1.5,
    }),
    ...nameMarks(track, "alarms"),
  ]);
}
