/** A trained model as files that plain ONNX Runtime, or any reader of safetensors, takes without this project. */
import { encodeSafetensors } from "../checkpoint/safetensors.ts";
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { columnScaling } from "../data/scaling.ts";
import type { Vocabulary } from "../data/text/vocabulary.ts";
import { VrnnError } from "../errors.ts";
import type { TensorType } from "../graph/index.ts";
import {
  encodeGraph,
  type GraphContext,
  type Named,
  sampleGraph,
  scoreGraph,
  stepGraph,
  type UnitGraph,
  withStates,
} from "../inference/graphs.ts";
import { capabilitiesOf, isLatent, type Model } from "../models/model.ts";
import { lower, type Program } from "../onnx/lower.ts";
import { namedWeights, splitWeights, storedWeights } from "../train/named-weights.ts";
import { finishNamed } from "../train/programs.ts";
import { meaningOf } from "./meanings.ts";
import { beginGraph, labelGraph, type TextGraphContext, textScoreGraph, tokenGraph } from "./text-graphs.ts";

/** What can be exported, by name. */
const exportGraphs = {
  score: scoreGraph,
  step: stepGraph,
  sample: sampleGraph,
  encode: encodeGraph,
} as const satisfies Record<string, (context: GraphContext) => UnitGraph>;

/** The name of a graph. */
export type ExportGraph = keyof typeof exportGraphs;

/** The names of all graphs. */
export const exportGraphNames = Object.keys(exportGraphs) as readonly ExportGraph[];

/** What can be exported of a model of tokens, by name. */
const textExportGraphs = {
  score: textScoreGraph,
  begin: beginGraph,
  token: tokenGraph,
  label: labelGraph,
} as const satisfies Record<string, (context: TextGraphContext) => Named>;

/** The name of a graph of a model of tokens. */
export type TextExportGraph = keyof typeof textExportGraphs;

/** Their names. */
export const textExportGraphNames = Object.keys(textExportGraphs) as readonly TextExportGraph[];

/** The names of those that a model can be given as: labels are told of whole texts by models that tell some. */
export const textGraphNamesOf = ({ readout }: Model): readonly TextExportGraph[] =>
  textExportGraphNames.filter((name) => name !== "label" || readout?.over === "sequence");

/** The names of the graphs that a model can be given as: a posterior that reads what comes later takes no single steps. */
export const graphNamesOf = (model: Model): readonly ExportGraph[] =>
  exportGraphNames.filter((name) => name !== "step" || capabilitiesOf(model).causal);

/** A trained model, and what is told of it inside the files. */
export interface ExportedModel {
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** The family of the model, such as "vrnn". */
  readonly family: string;
  /** The version of the project. */
  readonly version: string;
}

/** A trained model of columns. */
export interface Exported extends ExportedModel {
  readonly columns: readonly Column[];
}

/** A trained model of tokens. */
export interface ExportedText extends ExportedModel {
  readonly vocabulary: Vocabulary;
  /** Of a model that tells labels, in the order of `label_log_prob`. */
  readonly levels?: readonly string[] | undefined;
}

/**
 * A graph of a trained model as an ONNX file that needs nothing of this project: values in the units of the data, NaN
 * for what is missing, noise and state as inputs, the weights inside under their dotted names, and a description of
 * columns, inputs and outputs in its metadata (docs/export.md).
 *
 * @example
 * const { model } = exportGraph("step", { ...run, columns, family: "vrnn", version: "0.1.0" });
 * const session = await ort.InferenceSession.create(model); // of plain onnxruntime-node
 * session.inputNames; // ["x", "noise", "state.h"]
 */
export function exportGraph(name: ExportGraph, exported: Exported): Program {
  const graph = exportGraphs[name]({ ...exported, weights: namedWeights(exported.model.parameters) });
  return lowered(name, withStates(graph), exported, ofColumns(exported));
}

/**
 * The same of a model of tokens, which takes and gives ids of its vocabulary.
 *
 * @throws VrnnError `export/text` for a model without latent variables' contract, such as a hidden Markov model
 * @example
 * const { model } = exportTextGraph("token", { ...run, vocabulary, family: "vrnn", version: "0.1.0" });
 * (await ort.InferenceSession.create(model)).outputNames; // ["log_prob", "state.h.next"]
 */
export function exportTextGraph(name: TextExportGraph, exported: ExportedText): Program {
  const { model } = exported;
  if (!isLatent(model))
    throw new VrnnError("export/text", "only models with an emission are exported as text", {
      remedy: "train one with --model vrnn",
    });
  const outputs = textExportGraphs[name]({ model, weights: namedWeights(model.parameters) });
  return lowered(name, outputs, exported, ofText(exported));
}

/** A graph with its weights inside, and what it is. */
function lowered(name: string, graph: Named, exported: ExportedModel, own: Told): Program {
  const { model, weights } = exported;
  const stored = storedWeights(model.parameters, weights);
  const outputs = finishNamed(graph);
  const { inputs, outputs: given } = lower(outputs, { stored });
  const metadata = {
    ...identity(exported, own),
    "vrnn.graph": name,
    "vrnn.inputs": JSON.stringify(withMeanings(inputs)),
    "vrnn.outputs": JSON.stringify(withMeanings(given)),
  };
  return lower(outputs, { stored, metadata });
}

/** The weights alone in the safetensors format, by their dotted names, with the same description. */
export function exportWeights(exported: Exported | ExportedText): Uint8Array {
  const { model, weights } = exported;
  const own = "columns" in exported ? ofColumns(exported) : ofText(exported);
  return encodeSafetensors(splitWeights(model.parameters, weights), identity(exported, own));
}

/** What files say of themselves, by key. */
type Told = Readonly<Record<string, string>>;

const identity = ({ family, version }: ExportedModel, own: Told): Told => ({
  ...{ "vrnn.version": version, "vrnn.family": family },
  ...own,
});

const ofColumns = ({ columns, model }: Exported): Told => ({
  "vrnn.columns": JSON.stringify(columns.map(described)),
  ...(model.conditions && { "vrnn.conditions": JSON.stringify(model.conditions.map(conditionOf)) }),
});

const ofText = ({ vocabulary, levels }: ExportedText): Told => ({
  "vrnn.vocabulary": JSON.stringify(vocabulary),
  ...(levels && { "vrnn.levels": JSON.stringify(levels) }),
});

const described = (column: Column) => {
  const { name, kind, levels, resolution, origin } = column;
  return { name, kind, levels, resolution, ...(origin && { origin }), ...columnScaling(column) };
};

/** With how it is made of the times, where it is: who uses the file makes it so, too. */
const conditionOf = (column: ConditionColumn) => ({
  ...described(column),
  ...(column.derived && { derived: column.derived }),
});

type Types = Readonly<Record<string, TensorType>>;

const withMeanings = (types: Types) =>
  Object.fromEntries(
    Object.entries(types).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape, meaning: meaningOf(name) },
    ]),
  );
