import { PAD } from "../data/text/tokens.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  cast,
  equal,
  greater,
  logSoftmax,
  mul,
  or,
  slice,
  squeeze,
  sub,
  sum,
  type Tensor,
} from "../graph/index.ts";
import type { Model, ModelInput, Transcriber } from "../models/model.ts";
import { ctcNames } from "../models/transcriber-names.ts";
import { ctc } from "../nn/ctc.ts";
import type { Objective } from "./objective.ts";

const STEPS = ctcNames.of("steps");
const idsOf = (field: string): string => ctcNames.of(`${field}.ids`);
const lengthOf = (field: string): string => ctcNames.of(`${field}.length`);

/**
 * −log p(transcript | x) of the model's transcriber, in nats per sequence: summed over all ways to lay the transcript out over the
 * steps (connectionist temporal classification; Graves, Fernández, Gomez and Schmidhuber 2006). Further heads count beside the
 * first. Transcripts that have more symbols than steps are left out, and counted (`infeasible`).
 *
 * Its `inputs` throw VrnnError `objective/transcriber` for a model that tells no transcripts.
 *
 * @example
 * weightedSum({
 *   ctc: { objective: connectionist, weight: 1 },
 *   elbo: { objective: objectives.elbo.create({}), weight: 0.01 },
 * });
 */
export const connectionist: Objective = {
  isOfWholes: () => true,
  inputs: transcriptInputs,
  figures: { ctc: "sequences", ctcBeside: "sequences", infeasible: "sequences" },
  schedule: () => ({}),
  terms: ({ inputs, symbols = {} }) => {
    const told = Object.entries(symbols).map(([field, { logits, weight }]) => {
      const [ids, labels, steps] = [idsOf(field), lengthOf(field), STEPS].map((name) => inputs[name]!) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const { nats, feasible } = ctc(logSoftmax(logits), ids, { steps, labels });
      const known = isKnown(ids, labels); // [B]
      return { nats: sum(mul(nats, known)), infeasible: sum(mul(sub(1, feasible), known)), weight };
    });
    const [first, ...others] = told as [(typeof told)[number], ...typeof told];
    const none = mul(first.nats, 0);
    return {
      loss: told.map(({ nats, weight }) => ({ sum: nats, per: "sequences", weight })),
      figures: {
        ctc: first.nats,
        ctcBeside: others.reduce((all, { nats }) => add(all, nats), none),
        infeasible: first.infeasible,
      },
    };
  },
  select: { figure: "ctc", better: "less" },
};

/** 1 but for transcripts that nobody knows, which are one `PAD`: `[B]`. @param ids `[B, S]` @param labels `[B]` */
function isKnown(ids: Tensor, labels: Tensor): Tensor {
  const first = squeeze(slice(ids, 1, 0, 1), 1); // [B]
  return cast(or(equal(labels, 0), greater(first, PAD)), "float32");
}

function transcriptInputs({ transcriber }: Model): Readonly<Record<string, ModelInput>> {
  const { heads, inputs } = requireTranscriber(transcriber);
  const ofHead = (field: string): [string, ModelInput][] => [
    [idsOf(field), { field, what: "ids", dtype: "int64", shape: ["B", "S"] }],
    [lengthOf(field), { field, what: "lengths", dtype: "int64", shape: ["B"] }],
  ];
  return {
    ...inputs,
    [STEPS]: { field: "x", what: "lengths", dtype: "int64", shape: ["B"] },
    ...Object.fromEntries(Object.keys(heads).flatMap(ofHead)),
  };
}

function requireTranscriber(transcriber: Transcriber | undefined): Transcriber {
  if (transcriber !== undefined) return transcriber;
  throw new VrnnError("objective/transcriber", "the model tells no transcripts", {
    at: "objective",
    remedy: "choose --model recognise and give speech with transcripts, or choose another objective",
  });
}
