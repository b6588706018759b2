import { type Heading, pathOf } from "../data/motion/heading.ts";
import { windowSizeOf } from "../data/motion/size.ts";
import type { Point } from "../data/motion/tracks.ts";
import { lastWindows } from "../data/motion/windows.ts";
import { csvText } from "../data/write.ts";
import { VrnnError } from "../errors.ts";
import { drawnFutures, meanFuture } from "../inference/futures.ts";
import { covering } from "../patterns/covering.ts";
import { counted, listed } from "../words/figures.ts";
import * as z from "../zod.ts";
import { filesOf } from "./context.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, readPath, seed, temperature } from "./inputs.ts";
import { operation } from "./usual.ts";
import { tableOut } from "./written-inputs.ts";

const input = z.strictObject({
  tracks: readPath(
    "--tracks <path>",
    "a table of tracks, or a folder of them (default: the data of the run)",
  ),
  count: atLeastOne("--count <futures>", "how many of each agent", 20),
  steps: atLeastOne("--steps <count>", "how far they go", 12),
  spread: atLeastOne(
    "--spread <factor>",
    "so many times as many are drawn, of which those that cover where all end are kept",
    1,
  ),
  temperature,
  out: tableOut("the table of places"),
  seed: seed("the same seed draws the same"),
});

/** Where an agent may go. */
export interface AgentFutures {
  readonly scene: string;
  readonly agent: string;
  /** The moment at which it was seen last. */
  readonly moment: number;
  readonly futures: readonly (readonly Point[])[];
  /** One guess: the mean of all that were drawn. */
  readonly guess: readonly Point[];
}

export const futures = operation({
  input,
  output: "table",
  async *run(
    context,
    { tracks, count, steps, spread, temperature, out, seed },
  ): AsyncGenerator<Event<AgentFutures[]>> {
    const { config, model, weights } = await context.run();
    const { observed } = windowSizeOf(config);
    const read = await filesOf(context).tracks(tracks ?? config.data.path, config.data.schema.agent);
    for (const line of read.flatMap(({ notes }) => notes)) yield note(line);
    const agents = read.flatMap(({ scene }) => {
      const { seen, short } = lastWindows(scene, observed);
      return [{ scene: scene.name, seen, short }];
    });
    const short = agents.flatMap((own) => own.short);
    if (short.length > 0)
      yield note(
        `left out: ${counted(short.length, "agent")} not seen at ${observed} moments in a row before they were last seen, ${listed(short, MOST_NAMED)}`,
      );
    const all = agents.flatMap(({ scene, seen }) => seen.map((window) => ({ scene, window })));
    if (all.length === 0) throw nobody(observed, tracks ?? config.data.path);
    const drawn = await drawnFutures(
      {
        ...{ runtime: await context.runtime(), model, weights, fields: config.fields },
        ...{ steps, seed, temperature, count: count * spread },
      },
      all.map(({ window }) => window.seen),
    );
    const value = all.map(({ scene, window: { agent, moment, heading } }, i): AgentFutures => {
      const moves = drawn[i]!;
      return {
        ...{ scene, agent, moment },
        futures: kept(heading, moves, count, seed),
        guess: pathOf(heading, meanFuture(moves)),
      };
    });
    yield { type: "artifacts", files: [{ path: out, content: () => futuresTable(value) }] };
    if (out !== undefined)
      yield note(`${counted(count, "future")} of ${counted(value.length, "agent")}, written to ${out}`);
    yield { type: "result", value, summary: { out, agents: value.length, count, steps } };
  },
});

/** So many agents are named. */
const MOST_NAMED = 6;

/** All futures as places, or those that cover where all end. */
function kept(heading: Heading, moves: readonly Float64Array[], count: number, seed: number): Point[][] {
  const paths = moves.map((own) => pathOf(heading, own));
  if (paths.length === count) return paths;
  const flat = paths.map((path) => Float64Array.from(path.flat()));
  return covering(flat, count, seed).map((i) => paths[i]!);
}

/** A row for each agent, future and step; the guess is future 0. */
export const futuresTable = (value: readonly AgentFutures[]): string =>
  csvText(
    ["scene", "agent", "moment", "future", "step", "x", "y"],
    value.flatMap(({ scene, agent, moment, futures: paths, guess }) =>
      [guess, ...paths].flatMap((path, future) =>
        path.map(([x, y], step) => [scene, agent, `${moment}`, `${future}`, `${step + 1}`, `${x}`, `${y}`]),
      ),
    ),
  );

const nobody = (observed: number, at: string): VrnnError =>
  new VrnnError("data/tracks", `no agent was seen at ${observed} moments in a row before it was last seen`, {
    at,
    remedy: "give longer tracks",
  });
