/** Where a watch over live data stands: a file, so that another process goes on as if none had ended. */
import { createHash } from "node:crypto";
import { parseStrictJson } from "../checkpoint/strict-json.ts";
import { VrnnError } from "../errors.ts";
import { liveDerivedState } from "../inference/live-derived.ts";
import { streamState } from "../inference/stream-state.ts";
import { writeFileAtomic } from "../run/atomic.ts";
import { readIfPresent } from "../run/file-errors.ts";
import type { Run } from "../run/run.ts";
import * as z from "../zod.ts";

const FORMAT = 1;

const count = z.int().check(z.minimum(0));

const numbers = z.readonly(z.array(z.number()));
const series = z.readonly(z.array(numbers));

const changeWatchState = z.strictObject({
  step: count,
  sum: z.number(),
  since: count,
  moments: z.readonly(z.tuple([count, z.number(), z.number()])),
  scores: numbers,
});

const columnWatchState = z.strictObject({
  away: changeWatchState,
  home: changeWatchState,
  changed: z.optional(
    z.strictObject({
      scores: z.readonly(z.array(z.number()).check(z.minLength(1))),
      values: z.nullable(z.strictObject({ mean: z.number(), deviation: z.number() })),
    }),
  ),
});

const trackerState = z.strictObject({
  firstTime: z.number(),
  open: z.optional(
    z.strictObject({
      first: count,
      start: z.number(),
      last: count,
      end: z.number(),
      peak: z.number(),
      peakStep: count,
      peakValues: z.readonly(z.array(z.nullable(z.number()))),
      excess: z.readonly(z.array(z.readonly(z.tuple([z.string(), z.number()])))),
    }),
  ),
});

/** See `LiveDetectorState`; what a watch of an earlier version kept knows of no changes. */
const detectorState = z.union([
  z.strictObject({
    latest: series,
    changes: z.readonly(z.array(columnWatchState)),
    overall: z.optional(
      z.strictObject({ away: changeWatchState, home: changeWatchState, offset: z.number() }),
    ),
    learned: z.optional(
      z.strictObject({
        columns: series,
        views: series,
      }),
    ),
  }),
  z.pipe(
    series,
    z.transform((latest) => ({ latest, changes: [] })),
  ),
]);

/** What a watch has seen, and where its model and its detector stand. */
const watchState = z.strictObject({
  /** How many lines came in. */
  lines: count,
  /** The line that named the columns, if one did. */
  header: z.optional(z.string()),
  odd: count,
  misread: count,
  /** Of all steps together. */
  nats: z.number(),
  stream: streamState,
  /** Absent where nothing was looked for. */
  detector: z.optional(detectorState),
  /** The incident under way; absent where none are gathered. */
  incidents: z.optional(trackerState),
  /** When the last step was; absent where steps do not say. */
  moment: z.optional(z.number()),
  /** The steps that covariates of later ones are made of; absent where none are derived. */
  derived: z.optional(liveDerivedState),
});

export type WatchState = z.output<typeof watchState>;

const stored = z.strictObject({
  version: z.literal(FORMAT),
  /** A checksum of the weights that follow the stream. */
  weights: z.string(),
  seed: count,
  state: watchState,
});

/** The file of a watch with the model of a run, and with a seed. */
export class WatchStateFile {
  private readonly path: string;
  private readonly weights: string;
  private readonly seed: number;

  constructor(path: string, { weights }: Pick<Run, "weights">, seed: number) {
    this.path = path;
    this.weights = createHash("sha256").update(weights).digest("hex");
    this.seed = seed;
  }

  /**
   * What was kept; undefined where nothing was yet.
   *
   * @throws VrnnError `watch/state` for a file that holds something else, or the state of another model or seed.
   */
  read(): WatchState | undefined {
    const bytes = readIfPresent(this.path);
    if (bytes === undefined || bytes.length === 0) return undefined;
    const { weights, seed, state } = parsed(bytes, this.path);
    const of = weights !== this.weights ? "model" : seed !== this.seed ? "seed" : undefined;
    if (of === undefined) return state;
    throw new VrnnError("watch/state", `this is the state of a watch with another ${of}`, {
      at: this.path,
      remedy: of === "seed" ? `give --seed ${seed}, or name another file` : "name another file",
    });
  }

  /** In one go: a crash leaves this or what was there before. @throws VrnnError `file/...` */
  write(state: WatchState): void {
    const { weights, seed } = this;
    writeFileAtomic(this.path, `${JSON.stringify({ version: FORMAT, weights, seed, state })}\n`);
  }
}

function parsed(bytes: Uint8Array, at: string): z.output<typeof stored> {
  try {
    return z.parse(stored, parseStrictJson(new TextDecoder().decode(bytes), 8));
  } catch (cause) {
    throw new VrnnError("watch/state", "the file holds no state of a watch", {
      at,
      remedy: "name another file, or remove this one to begin anew",
      cause,
    });
  }
}
