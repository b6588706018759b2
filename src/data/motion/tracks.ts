/** Tracks of moving things: where each agent of a scene was at each moment, from tables of any kind. */
import { groupBy } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { counted, listed } from "../../words/figures.ts";
import { didYouMean } from "../../words/nearest.ts";
import type { SplitName } from "../dataset.ts";
import { type Cell, isMissing } from "../tables/cells.ts";
import { cellsOf, type Table } from "../tables/table.ts";

/** A place in the plane, in the unit of the data. */
export type Point = readonly [x: number, y: number];

/** What was seen of one place: who was where, moment by moment. */
export interface Scene {
  readonly name: string;
  readonly split?: SplitName | undefined;
  /** `[F]`: when anything was seen, rising. */
  readonly moments: Float64Array;
  /** `[F]`: where each agent was then. */
  readonly places: readonly ReadonlyMap<string, Point>[];
}

/** The columns of a table of tracks. */
export interface TrackColumns {
  readonly moment: string;
  readonly agent: string;
  readonly x: string;
  readonly y: string;
}

/** What columns of tracks are usually called; of several the first of the table. */
const USUAL_NAMES: Readonly<Record<keyof TrackColumns, RegExp>> = {
  moment: /^(frame|time|timestamp|t|step|frame[_ ]?(id|number)|time[_ ]?(s|ms|stamp))$/i,
  agent: /^(agent|track|ped|pedestrian|person|vehicle|object|car|id)([_ ]?id)?$/i,
  x: /^(x|pos(ition)?[_ ]?x|x[_ ]?(pos(ition)?|m))$/i,
  y: /^(y|pos(ition)?[_ ]?y|y[_ ]?(pos(ition)?|m))$/i,
};

/** The word that leaves it to the file which column tells the agent. */
export const LIKELY_AGENT = "auto";

/**
 * Which columns tell tracks: by what they are called, or, of four columns without names, in the order of ETH/UCY: frame, agent, x, y.
 *
 * @param agent the column that tells the agent; `auto`: found likewise
 * @throws VrnnError `data/tracks` naming what is lacking
 * @example
 * trackColumns(["time", "ped_id", "x", "y"], "auto", "a.csv"); // { moment: "time", agent: "ped_id", x: "x", y: "y" }
 */
export function trackColumns(names: readonly string[], agent: string, at: string): TrackColumns {
  if (agent !== LIKELY_AGENT && !names.includes(agent))
    throw new VrnnError("data/tracks", `there is no column "${agent}"`, {
      at,
      remedy: didYouMean(agent, names, { otherwise: `the columns are ${listed(names, 12)}` }),
    });
  const found = (part: keyof TrackColumns) =>
    part === "agent" && agent !== LIKELY_AGENT ? agent : names.find((name) => USUAL_NAMES[part].test(name));
  const parts = Object.keys(USUAL_NAMES) as (keyof TrackColumns)[];
  const lacking = parts.filter((part) => found(part) === undefined);
  if (lacking.length === 0)
    return Object.fromEntries(parts.map((part) => [part, found(part)])) as unknown as TrackColumns;
  const [moment, third, x, y] = names;
  if (names.length === 4 && names.every((name, i) => name === `column${i + 1}`))
    return { moment: moment!, agent: third!, x: x!, y: y! };
  throw new VrnnError("data/tracks", `no column tells the ${lacking.join(", nor the ")} of tracks`, {
    at,
    remedy: `call them frame, agent, x and y; there are ${listed(names, 12)}`,
  });
}

/** Scenes, and what there is to say of how they were read. */
export interface ReadScene {
  readonly scene: Scene;
  readonly notes: readonly string[];
}

/** So many tracks are named. */
const MOST_NAMED = 6;

/**
 * The scene that a table tells. Tracks of one point, which have no motion, are left out and counted; of an agent that is told twice at
 * a moment the last place holds.
 *
 * @throws VrnnError `data/tracks` where a cell is no number, or nothing moves
 */
export function sceneOf(table: Table, agent: string): ReadScene {
  const columns = trackColumns([...table.columns.keys()], agent, table.file);
  const points = pointsOf(table, columns);
  const tracks = groupBy(points, (point) => point.agent);
  const single = [...tracks].flatMap(([name, own]) => (own.length < 2 ? [name] : []));
  const moving = points.filter((point) => tracks.get(point.agent)!.length > 1);
  if (moving.length === 0)
    throw new VrnnError("data/tracks", "no agent was seen twice", {
      at: table.file,
      remedy: `is ${columns.agent} the column that tells the agent? Say which with --agent`,
    });
  const byMoment = [...groupBy(moving, ({ moment }) => moment)].sort(([a], [b]) => a - b);
  const scene = {
    name: table.name,
    split: table.split,
    moments: Float64Array.from(byMoment, ([moment]) => moment),
    places: byMoment.map(([, own]) => new Map(own.map(({ agent: name, place }) => [name, place]))),
  };
  const twice = points.length - single.length - scene.places.reduce((all, { size }) => all + size, 0);
  const unplaced = table.rows - points.length;
  const { moment, x, y } = columns;
  return {
    scene,
    notes: [
      `${table.file}: ${counted(tracks.size - single.length, "track")} by ${columns.agent}, at ${x}, ${y}, over ${moment}`,
      ...(single.length > 0
        ? [`left out: ${counted(single.length, "track")} of one point, ${listed(single, MOST_NAMED)}`]
        : []),
      ...(unplaced > 0
        ? [`left out: ${counted(unplaced, "row")} in which a moment, an agent or a place is missing`]
        : []),
      ...unevenNotes(scene.moments),
      ...(twice > 0 ? [`${counted(twice, "place")} told again at the same moment: the last one holds`] : []),
    ],
  };
}

/** Says where moments are not evenly apart: each counts as one step. */
function unevenNotes(moments: Float64Array): string[] {
  const distances = Float64Array.from(moments.subarray(1), (moment, i) => moment - moments[i]!).sort();
  const usual = distances[(distances.length - 1) >> 1]!;
  const others = distances.filter((distance) => Math.abs(distance - usual) > 1e-3 * usual).length;
  if (others === 0) return [];
  return [
    `${counted(others, "moment")} ${others === 1 ? "is" : "are"} not ${Number(usual.toPrecision(4))} after the one before, and counted as one step`,
  ];
}

interface TrackPoint {
  readonly moment: number;
  readonly agent: string;
  readonly place: Point;
}

/** Rows whose place is missing are no points. */
function pointsOf(table: Table, { moment, agent, x, y }: TrackColumns): TrackPoint[] {
  const [moments, agents, xs, ys] = [moment, agent, x, y].map((name) => cellsOf(table, name));
  const number = (cell: Cell, column: string, row: number): number => {
    if (typeof cell === "number") return cell;
    throw new VrnnError("data/tracks", `"${cell}" is no number`, {
      at: table.at(column, row),
      remedy: "tracks tell moments and places by numbers",
    });
  };
  return Array.from({ length: table.rows }, (_, row) => row)
    .filter((row) => ![moments, agents, xs, ys].some((cells) => isMissing(cells![row]!)))
    .map((row) => ({
      moment: number(moments![row]!, moment, row),
      agent: String(agents![row]!),
      place: [number(xs![row]!, x, row), number(ys![row]!, y, row)],
    }));
}
