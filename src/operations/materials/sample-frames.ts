/** What `vrnn sample` makes of a run of moving pictures. */
import { bytesToNpy } from "../../data/arrays/write-npy.ts";
import type { Sequence } from "../../data/dataset.ts";
import type { FramesField } from "../../data/fields.ts";
import { filmOf } from "../../data/images/film.ts";
import { type FrameRow, framesPng } from "../../data/images/strip.ts";
import type { MemorySequence } from "../../data/source.ts";
import { sequencesIn } from "../../data/whole-sequences.ts";
import { type GeneratedRow, generateRows } from "../../inference/generate.ts";
import { prefixStates } from "../../inference/prefix.ts";
import { usageError } from "../../options.ts";
import type { TrainedModel } from "../../run/run.ts";
import { framesOf } from "../../run/run-fields.ts";
import { counted } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import type { Event, FileMade } from "../event.ts";
import { type SampleInput, saidOf, USUAL_COUNT, USUAL_FOLDER } from "../sample-input.ts";
import { filesOf, madeIn, note } from "../usual.ts";
import { filmMade, isFilm } from "./film-made.ts";

/** A clip that was made up: what it goes on from, and what comes after. */
interface Clip {
  readonly name: string;
  /** `[steps, H·W·C]`: frames that were given, as the model reads them, from 0 to 1. */
  readonly seen: Float64Array;
  readonly made: GeneratedRow;
}

/**
 * Clips, as one array `samples.npy` of what was drawn and as one picture `samples.png` of what was to be expected of each
 * frame given its latent variables, a clip a row; as values what was drawn, `[steps, H·W·C]` from 0 to 1.
 */
export async function* sampledFrames(
  context: Context,
  input: SampleInput,
): AsyncGenerator<Event<Sequence[]>> {
  const { count = USUAL_COUNT, steps, out = USUAL_FOLDER, prefix, given, future } = input;
  if (given !== undefined || future !== undefined)
    throw usageError("--given and --future are of tables, and this run is of frames", "leave them out");
  const run = await context.run();
  const field = framesOf(run.config);
  const clips = await clipsOf(context, run, { ...input, count });
  const value = clips.map(({ name, seen, made: { x } }): Sequence => {
    const values = Float64Array.from([...seen, ...x]);
    return { name, length: (values.length / x.length) * steps, values };
  });
  const files = filesMade(context, field, clips, value, out);
  yield { type: "artifacts", files };
  const ahead = prefix === undefined ? "" : ", each after the clip that it goes on from";
  yield note(`${counted(value.length, "clip")} of ${counted(steps, "frame")} in ${out}${ahead}`);
  yield note(
    isFilm(out)
      ? "the film shows what was expected of each frame"
      : "the picture shows what was expected of each frame, the array what was drawn",
  );
  const summary = { ...saidOf(context, input, value), files: files.map(({ path }) => path) };
  yield { type: "result", value, summary };
}

type ClipInput = SampleInput & { readonly count: number };

async function clipsOf(context: Context, run: TrainedModel, input: ClipInput): Promise<Clip[]> {
  const { model, weights } = run;
  const { count, steps, seed, temperature, window, prefix } = input;
  const settings = { runtime: await context.runtime(), model, weights, seed };
  const making = { ...settings, steps, temperature, window };
  if (prefix === undefined) {
    const rows = await generateRows({ ...making, count });
    return rows.map((made, i) => ({ name: `sample ${i + 1}`, seen: new Float64Array(), made }));
  }
  const { fields } = run.config;
  const begun = await sequencesIn(await filesOf(context).otherSource(prefix));
  const parts = begun.flatMap((clip) => Array.from({ length: count }, () => clip));
  const states = await prefixStates({ ...settings, fields }, parts);
  const rows = await generateRows({ ...making, count: parts.length, states });
  const { range } = framesOf(run.config);
  return rows.map((made, i) => ({ name: parts[i]!.name, seen: asRead(parts[i]!, range), made }));
}

/** Frames as the model reads them. */
const asRead = ({ values }: MemorySequence, [lowest, highest]: FramesField["range"]): Float64Array =>
  Float64Array.from(values["x"] as Uint8Array, (pixel) => (pixel - lowest) / (highest - lowest));

function filesMade(
  context: Context,
  { shape, range: [lowest, highest] }: FramesField,
  clips: readonly Clip[],
  drawn: readonly Sequence[],
  out: string,
): FileMade[] {
  if (context.files === undefined || clips.length === 0) return [];
  const width = shape.reduce((all, size) => all * size, 1);
  const bytes = Uint8Array.from(
    drawn.flatMap(({ values }) =>
      Array.from(values, (share) => Math.round(lowest + share * (highest - lowest))),
    ),
  );
  const steps = bytes.length / drawn.length / width;
  const rows = clips.map(({ seen, made }) => [
    ...framesIn(seen, width),
    ...framesIn(made.emissionMean, width),
  ]);
  if (isFilm(out)) return [filmMade(context, out, () => filmOf(rows, shape))];
  return madeIn(context, out, {
    "samples.npy": () => bytesToNpy(bytes, [drawn.length, steps, ...shape]),
    "samples.png": () => framesPng(rows, shape),
  });
}

const framesIn = (values: Float64Array, width: number): FrameRow =>
  Array.from({ length: values.length / width }, (_, t) => values.subarray(t * width, (t + 1) * width));
