/** What beam search is held against: every text there is, and what the program that scores whole sequences says of it. */
import { END } from "../../src/data/text/vocabulary.ts";
import { type Model, noiseWidth } from "../../src/models/model.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { restingStates } from "../../src/train/feeds.ts";
import { unrollProgram } from "../../src/train/programs.ts";

const runtime = nodeRuntime();
/** The ids before those of tokens. */
export const RESERVED = 4;

/** A text, and whether it ends. */
export interface UnscoredText {
  readonly ids: readonly number[];
  readonly isEnded: boolean;
}

/** Every text of at most so many of the tokens. */
export function everyText(tokens: number, steps: number): UnscoredText[] {
  let open: number[][] = [[]];
  const all: UnscoredText[] = [];
  for (let step = 0; step <= steps; step++) {
    all.push(...open.map((ids) => ({ ids, isEnded: true })));
    open = open.flatMap((ids) => Array.from({ length: tokens }, (_, token) => [...ids, RESERVED + token]));
  }
  return all;
}

/** log p of each text by the program that scores whole sequences. */
export async function scored(
  model: Model,
  weights: Float32Array,
  texts: readonly UnscoredText[],
  known: Values = {},
) {
  const [T, B] = [Math.max(...texts.map(({ ids }) => ids.length + 1)), texts.length];
  const x = { dtype: "int64", shape: [T, B], data: new BigInt64Array(T * B) } as TensorValue;
  const mask = emptyFloat32([T, B]);
  texts.forEach(({ ids, isEnded }, b) => {
    [...ids, ...(isEnded ? [END] : [])].forEach((id, t) => {
      x.data[t * B + b] = BigInt(id);
      mask.data[t * B + b] = 1;
    });
  });
  const executable = await runtime.compile(unrollProgram(model, ["logLikelihood"]));
  const noise = emptyFloat32([T, B, noiseWidth(model)]);
  const parameters = float32([weights.length], weights);
  const results = await executable.run({ parameters, x, mask, noise, ...known, ...restingStates(model, B) });
  await executable.dispose();
  const nats = Array.from(results["logLikelihood"]!.data as Float32Array);
  return texts.map((text, b) => ({
    ...text,
    logProbability: nats.reduce((all, each, i) => all + (i % B === b ? each : 0), 0),
  }));
}

/** A source in each of some rows. */
export const sourceIn = (source: readonly number[], rows: number): Values =>
  sourcesIn(Array.from({ length: rows }, () => source));

/** A source for each row, filled up with zeros to the length of the longest. */
export function sourcesIn(sources: readonly (readonly number[])[]): Values {
  const [rows, places] = [sources.length, Math.max(...sources.map(({ length }) => length))];
  const at = (i: number) => sources[i % rows]![Math.floor(i / rows)] ?? 0;
  return {
    source: {
      dtype: "int64",
      shape: [places, rows],
      data: BigInt64Array.from({ length: places * rows }, (_, i) => BigInt(at(i))),
    },
    lengths: {
      dtype: "int64",
      shape: [rows],
      data: BigInt64Array.from(sources, ({ length }) => BigInt(length)),
    },
  };
}
