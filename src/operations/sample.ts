import type { Sequence } from "../data/dataset.ts";
import { FINEST_GRID, type Playing, TEMPO_RANGE } from "../data/music/playing.ts";
import { sampleSequences } from "../inference/sample.ts";
import { option, usageError } from "../options.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Context, madeIn, tableRun } from "./context.ts";
import { type Event, type FileMade, note } from "./event.ts";
import { atLeastOne, readPath, seed, temperature } from "./inputs.ts";
import { operation } from "./operation.ts";

const [SLOWEST, FASTEST] = TEMPO_RANGE;

/** Piano rolls in JSON say nothing of beats; those of Bach's chorales hold a quarter note to a step. */
const STEPS_PER_BEAT = 1;

const USUAL_FOLDER = "out";
const USUAL_COUNT = 4;

const input = z.strictObject({
  count: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--count <sequences>",
    help: `how many (default: ${USUAL_COUNT}; of text 1)`,
  }),
  steps: atLeastOne("--steps <steps>", "how long each is", 64),
  prefix: readPath(
    "--prefix <path or text>",
    "data to go on from: each sample is one of its sequences and what comes after; of a run of text the text itself",
  ),
  given: option(z.optional(z.record(z.string(), z.string())), {
    flag: "--given <column=value>",
    help: "a condition that holds at every step; may be repeated",
  }),
  future: readPath("--future <file>", "a table of the covariates of the steps to be sampled"),
  out: option(z.optional(z.string()), {
    flag: "--out <folder>",
    help: `where they go (default: ${USUAL_FOLDER}; text is printed)`,
    writes: "folder",
  }),
  seed: seed("the same seed gives the same sequences"),
  temperature,
  tempo: option(z._default(z.number().check(z.minimum(SLOWEST), z.maximum(FASTEST)), 100), {
    flag: "--tempo <beats>",
    help: "music: beats a minute",
    materials: ["music"],
  }),
  grid: option(z.optional(z.int().check(z.minimum(1), z.maximum(FINEST_GRID))), {
    flag: "--grid <steps>",
    help: "music: steps to a beat (default: those of the run's MIDI files, else 1)",
    materials: ["music"],
  }),
  /** The most steps computed at once. */
  window: z._default(z.int().check(z.minimum(1)), 256),
});

export type SampleInput = z.output<typeof input>;

export const sample = operation({
  input,
  output: "figures",
  async *run(context, input): AsyncGenerator<Event<Sequence[]>> {
    const { steps, out = USUAL_FOLDER, seed, temperature, prefix, given } = input;
    if (prefix !== undefined && given !== undefined)
      throw usageError("--given and --prefix exclude each other", "the prefix holds its conditions itself");
    const { modality } = (await context.run()).config;
    if (modality.name === "text") return yield* sampledTexts(context, input);
    if (modality.name === "images") return yield* sampledFrames(context, input);
    const value = await sampled(context, input);
    const ownGrid = modality.name === "music" ? modality.grid : undefined;
    const playing = { tempo: input.tempo, grid: input.grid ?? ownGrid ?? STEPS_PER_BEAT };
    const files = await filesMade(context, value, playing, out);
    yield { type: "artifacts", files };
    yield note(`${counted(value.length, "sequence")} of ${counted(steps, "step")} in ${out}`);
    if (files.some(({ path }) => path.endsWith(".mid"))) yield note(playedAt(playing));
    const said = {
      run: context.files?.path,
      ...(prefix !== undefined && { prefix }),
      count: value.length,
      steps,
      seed,
      temperature,
    };
    yield { type: "result", value, summary: { ...said, files: files.map(({ path }) => path) } };
  },
});

/** Loaded where there is text: pages of tables do without. */
async function* sampledTexts(context: Context, input: SampleInput): AsyncGenerator<Event<Sequence[]>> {
  const { writtenTexts } = await import("./text.ts");
  yield* writtenTexts(context, input);
}

async function* sampledFrames(context: Context, input: SampleInput): AsyncGenerator<Event<Sequence[]>> {
  const { madeFrames } = await import("./frames.ts");
  yield* madeFrames(context, input, { count: USUAL_COUNT, out: USUAL_FOLDER });
}

async function sampled(context: Context, input: SampleInput): Promise<Sequence[]> {
  if (input.prefix === undefined) return fromNothing(context, input);
  const { fromPrefix } = await import("./sample-prefix.ts"); // forecasts need more than samples do
  return fromPrefix(context, input.prefix, input);
}

/** Sequences that begin in a fresh state. */
async function fromNothing(context: Context, input: SampleInput): Promise<Sequence[]> {
  const { model, weights, columns, scaleSteps } = await tableRun(context, "sample");
  const { count = USUAL_COUNT, steps, seed, temperature, given = {}, future, window } = input;
  const known = await context.known(steps, { values: given, future });
  return sampleSequences({
    runtime: await context.runtime(),
    model,
    weights,
    columns,
    count,
    steps,
    seed,
    temperature,
    ...(known && { known }),
    scaleSteps,
    window,
  });
}

/** Tables, music or drawings, and pictures of them; nothing where there are no files. */
async function filesMade(
  context: Context,
  sequences: readonly Sequence[],
  playing: Playing,
  out: string,
): Promise<FileMade[]> {
  if (context.files === undefined) return [];
  const { sampleFiles } = await import("./sample-files.ts");
  const { config, columns } = await tableRun(context, "sample");
  const { name: material } = config.modality;
  const { shown, files } = sampleFiles(columns, sequences, material, playing);
  const all = { ...files, ...(await context.pictures?.samples(columns, shown, material)) };
  const contents = Object.entries(all).map(([name, content]) => [name, () => content] as const);
  return madeIn(context, out, Object.fromEntries(contents));
}

const playedAt = ({ tempo, grid }: Playing): string =>
  `played at ${tempo} beats a minute, ${counted(grid, "step")} to a beat`;
