/** A comparison in words and figures: the lines of its table, and what is to be concluded. */
import { aligned } from "../words/aligned.ts";
import { counted, grouped, listed, nats, rate } from "../words/figures.ts";
import type { Interval, Standing } from "./ranked.ts";
import { TRIVIAL } from "./rules.ts";

/** A model that could not take part, and why. */
export interface Refusal {
  readonly name: string;
  readonly refused: string;
}

/** What a table shows of models. */
export interface Table {
  readonly standings: readonly Standing[];
  readonly refusals: readonly Refusal[];
  readonly horizons: readonly number[];
  /** How many steps all were judged by. */
  readonly steps: number;
  /** Whether errors of forecasts are told in deviations of columns: where there are several. */
  readonly isInDeviations: boolean;
}

/** The heads of the columns. */
export const headsOf = ({ horizons }: Table): readonly string[] => [
  "model",
  "nats per step",
  "95 %",
  "beside the best",
  ...horizons.map((horizon) => `CRPS ${horizon}`),
  "parameters",
  "training s",
  "scoring s",
];

/** The cells of a model. */
export const cellsOf = (standing: Standing, place: number, { horizons }: Table): readonly string[] => [
  standing.name,
  `${standing.isBound ? "at least " : ""}${nats(standing.natsPerStep)}`,
  rangeWords(standing.interval),
  besideWords(standing, place),
  ...horizons.map((horizon) => shown(standing.crps[String(horizon)])),
  grouped(standing.parameters),
  rate(standing.trainSeconds),
  rate(standing.scoreSeconds),
];

const shown = (value: number | undefined): string =>
  value === undefined ? "–" : String(Number(value.toPrecision(3)));

const rangeWords = (interval: Interval): string =>
  interval === null ? "–" : `${nats(interval[0])} to ${nats(interval[1])}`;

/** @example besideWords(standing, 1) // "behind by 0.312 (0.298 to 0.326)" */
function besideWords({ against, difference, differenceInterval, verdict }: Standing, place: number): string {
  if (against === null || difference === null) return "";
  const by = nats(Math.abs(difference));
  if (differenceInterval === null) return place === 0 ? "best" : `${by} less, too little to tell`;
  const [low, high] = difference < 0 ? [-differenceInterval[1], -differenceInterval[0]] : differenceInterval;
  const range = `(${nats(low)} to ${nats(high)})`;
  if (place === 0) return verdict === "ahead" ? `best: ahead of ${against}` : `best: level with ${against}`;
  return verdict === "level" ? `level: ${by} less ${range}` : `${verdict} by ${by} ${range}`;
}

/** The table of a terminal. */
export function tableLines(table: Table): string[] {
  const rows = table.standings.map((standing, place) => cellsOf(standing, place, table));
  return [
    ...aligned([headsOf(table), ...rows]),
    ...table.refusals.map(({ name, refused }) => `${name}: ${refused}`),
    ...(table.isInDeviations && table.horizons.length > 0 ? ["CRPS in deviations of the columns"] : []),
    ...conclusion(table),
  ];
}

const MOST_NAMES = 12;
/** Intervals take stretches for independent: of fewer steps stretches are too short for that. */
const FEW_STEPS = 200;

/** What is to be concluded, a sentence each. */
export function conclusion({ standings, steps }: Pick<Table, "standings" | "steps">): string[] {
  const [best, ...others] = standings;
  if (best === undefined) return ["No model could take part."];
  const named = (of: readonly Standing[]) =>
    listed(
      of.map(({ name }) => name),
      MOST_NAMES,
    );
  const level = others.filter(({ verdict }) => verdict === "level");
  const behind = others.filter(({ verdict }) => verdict === "behind");
  const bounds = standings.filter(({ isBound }) => isBound);
  const trivial = standings.findIndex(({ name }) => name === TRIVIAL);
  const beaten = trivial < 0 ? [] : standings.slice(trivial + 1);
  return [
    `${best.name} tells the test steps best: ${best.isBound ? "at least " : ""}${nats(best.natsPerStep)} nats per step.`,
    ...(level.length > 0
      ? [
          `Chance is not ruled out as what sets ${named(level)} apart from it: the simplest of these is the choice.`,
        ]
      : []),
    ...(behind.length > 0
      ? [
          `On these steps, with this seed, it is ahead of what is told of ${named(behind)} by more than chance.`,
        ]
      : []),
    ...(beaten.length > 0
      ? [
          `${named(beaten)} ${beaten.length === 1 ? "tells" : "tell"} them worse than each column by itself (${TRIVIAL}): of no use here.`,
        ]
      : []),
    ...(steps < FEW_STEPS
      ? [
          `Only ${counted(steps, "step")} were judged, which says little of other data, whatever the intervals say.`,
        ]
      : []),
    ...(bounds.length > 0
      ? [
          `Of ${named(bounds)} a lower bound is told: the likelihood may be higher, and more particles (--particles) come closer.`,
        ]
      : []),
  ];
}
