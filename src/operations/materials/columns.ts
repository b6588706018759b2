/** What is done with materials that are columns: tables, music and drawings, which differ in how they are written. */
import type { Column, Sequence } from "../../data/dataset.ts";
import type { Modality } from "../../data/modality.ts";
import { sampleSequences } from "../../inference/sample.ts";
import { scoreSequences } from "../../inference/score.ts";
import { counted } from "../../words/figures.ts";
import { type Context, madeIn } from "../context.ts";
import { type Event, type FileMade, note } from "../event.ts";
import { type SampleInput, saidOf, USUAL_COUNT, USUAL_FOLDER } from "../sample-input.ts";
import type { ScoreInput } from "../score-input.ts";
import { subjectOf, tableRun } from "../subject.ts";
import type { Material, Scores } from "./material.ts";

/** Sequences that were made up, and what is said of writing them. */
export interface MadeUp {
  readonly columns: readonly Column[];
  readonly sequences: readonly Sequence[];
  readonly modality: Modality;
  readonly input: SampleInput;
}

/** Made-up sequences as files, pictures left aside. */
export interface WrittenSamples {
  /** The sequences as they are to be shown. */
  readonly shown: readonly Sequence[];
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly notes: readonly string[];
}

/** What is written of made-up sequences. */
export type Write = (made: MadeUp) => Promise<WrittenSamples>;

/** Scores and samples of columns. */
export const ofColumns = (write: Write): Pick<Material, "score" | "sample"> => ({
  score,
  sample: (context, input) => sample(context, input, write),
});

async function score(context: Context, input: ScoreInput): Promise<Scores> {
  const { settings, sequences, time } = await subjectOf(context, "score");
  const value = await scoreSequences({ ...settings, ...input });
  const table = async () => {
    const { scoreTable } = await import("./written.ts"); // who only asks for the scores does without
    return scoreTable(
      settings.columns,
      sequences.map((sequence, i) => ({ sequence, scores: value[i]! })),
      time,
    );
  };
  return { value, table };
}

async function* sample(
  context: Context,
  input: SampleInput,
  write: Write,
): AsyncGenerator<Event<Sequence[]>> {
  const { steps, out = USUAL_FOLDER } = input;
  const value = await sampled(context, input);
  const { files, notes } = await filesMade(context, value, input, write);
  yield { type: "artifacts", files };
  yield note(`${counted(value.length, "sequence")} of ${counted(steps, "step")} in ${out}`);
  for (const line of notes) yield note(line);
  const summary = { ...saidOf(context, input, value), files: files.map(({ path }) => path) };
  yield { type: "result", value, summary };
}

async function sampled(context: Context, input: SampleInput): Promise<Sequence[]> {
  if (input.prefix === undefined) return fromNothing(context, input);
  const { fromPrefix } = await import("./continued.ts"); // forecasts need more than samples do
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

/** What is written, and pictures of it; nothing where there are no files. */
async function filesMade(
  context: Context,
  sequences: readonly Sequence[],
  input: SampleInput,
  write: Write,
): Promise<{ readonly files: readonly FileMade[]; readonly notes: readonly string[] }> {
  if (context.files === undefined) return { files: [], notes: [] };
  const { config, columns } = await tableRun(context, "sample");
  const { modality } = config;
  const { shown, files, notes } = await write({ columns, sequences, modality, input });
  const all = { ...files, ...(await context.pictures?.samples(columns, shown, modality.name)) };
  const contents = Object.entries(all).map(([name, content]) => [name, () => content] as const);
  return { files: madeIn(context, input.out ?? USUAL_FOLDER, Object.fromEntries(contents)), notes };
}
