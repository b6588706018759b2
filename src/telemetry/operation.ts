import { Inbox } from "../collections.ts";
import { type Event, note } from "../operations/event.ts";
import { seed } from "../operations/inputs.ts";
import { operation } from "../operations/operation.ts";
import { option } from "../options.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Recording, record } from "./record.ts";

/** Recording as an operation; it needs Linux. */
export const recordMachine = operation({
  input: z.strictObject({
    out: option(z._default(z.string(), "recordings"), {
      flag: "--out <folder>",
      help: "where the recording goes",
      writes: "folder",
    }),
    name: option(z._default(z.string(), "train-01.csv.gz"), {
      flag: "--name <name>",
      help: "of the table; names that begin with train-, valid- or test- say what it is for",
    }),
    seconds: option(z._default(z.number().check(z.gt(0)), 240), {
      flag: "--seconds <seconds>",
      help: "how long it lasts",
    }),
    incidents: option(z._default(z.int().check(z.minimum(0)), 0), {
      flag: "--incidents <count>",
      help: "how many incidents are injected",
    }),
    kinds: option(z.exactOptional(z.array(z.string())), {
      flag: "--kinds <names>",
      help: "kinds of incidents, by comma (default: all)",
    }),
    seed: seed("of the load and of the times of incidents"),
  }),
  output: "figures",
  async *run({ signal }, options): AsyncGenerator<Event<Recording>> {
    const progress = new Inbox<Event<never>>();
    const recorded = record({
      ...options,
      signal,
      onProgress: ({ time, incident: what }) =>
        progress.put({ type: "clock", time, of: options.seconds, ...(what !== undefined && { what }) }),
    });
    recorded.then(
      () => progress.close(),
      () => progress.close(),
    );
    yield* progress;
    try {
      const value = await recorded;
      const { rows, table, incidents, labels } = value;
      yield note(
        `${counted(rows, "row")} in ${table}, ${counted(incidents.length, "incident")} in ${labels}`,
      );
      yield { type: "result", value, summary: value };
    } catch (error) {
      if (!signal.aborted) throw error;
      yield { type: "stopped", text: "stopped; nothing was written" };
    }
  },
});
