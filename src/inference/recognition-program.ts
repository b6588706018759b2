import { VrnnError } from "../errors.ts";
import { input, logSoftmax, type Tensor } from "../graph/index.ts";
import type { Model, Transcriber } from "../models/model.ts";
import { statesAfter } from "../models/state.ts";
import { heardNames, logProbNames } from "../models/transcriber-names.ts";
import { declaredInputs, sequenceInputs, unroll } from "../models/unroll.ts";
import { nextNames } from "../names.ts";
import { plainNet } from "../nn/net.ts";
import { countOf } from "../nn/parameters.ts";
import type { LowerOptions, Program } from "../onnx/lower.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";

/**
 * What a transcriber tells of some steps of speech: `logProb.<field>` of each level `[T, B, K]`, how likely the steps are, `logLikelihood`
 * and `kl` `[T, B, ·]`, and where to go on from, `state.<part>.next` and `heard.<part>.next`. Steps that follow each other give the same
 * however they are cut, where the transcriber hears the past alone.
 *
 * Inputs: those of `sequenceInputs`, what the transcriber declares, `heard.<part>` and `parameters` `[P]`.
 *
 * @throws VrnnError `model/no-transcriber`
 */
export function recognitionProgram(model: Model, options?: LowerOptions): Program {
  const transcriber = requireTranscriber(model);
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const sequences = sequenceInputs(model);
  const { x: values, mask } = sequences;
  const { states, state, logLikelihood, kl } = unroll(model, weights, sequences);
  const carried = Object.fromEntries(
    Object.entries(transcriber.state).map(([part, shape]) => [
      part,
      input(heardNames.of(part), ["B", ...shape]),
    ]),
  );
  const heard = transcriber.read(plainNet(weights), {
    states,
    x: { values, mask },
    inputs: declaredInputs(transcriber.inputs),
    carried,
  });
  const symbols = Object.entries(heard.told).map(([field, { logits }]): [string, Tensor] => [
    field,
    logSoftmax(logits),
  ]);
  return compile(
    {
      ...logProbNames.give(Object.fromEntries(symbols)),
      logLikelihood,
      kl,
      ...statesAfter(state),
      ...nextNames.give(heardNames.give(heard.carried)),
    },
    options,
  );
}

/** @throws VrnnError `model/no-transcriber` */
export function requireTranscriber({ transcriber }: Model): Transcriber {
  if (transcriber !== undefined) return transcriber;
  throw new VrnnError("model/no-transcriber", "the model tells no transcripts", {
    remedy: "train one of speech and its transcripts: --model recognise",
  });
}
