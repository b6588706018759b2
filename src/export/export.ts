/** A trained model as files that plain ONNX Runtime, or any reader of safetensors, takes without this project. */
import { encodeSafetensors } from "../checkpoint/safetensors.ts";
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { columnScaling } from "../data/scaling.ts";
import type { TensorType } from "../graph/index.ts";
import {
  encodeGraph,
  type GraphContext,
  sampleGraph,
  scoreGraph,
  stepGraph,
  type UnitGraph,
  withStates,
} from "../inference/graphs.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { lower, type Program } from "../onnx/lower.ts";
import { namedWeights, splitWeights, storedWeights } from "../train/named-weights.ts";
import { finishNamed } from "../train/programs.ts";
import { meaningOf } from "./meanings.ts";

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

/** The names of the graphs that a model can be given as: a posterior that reads what comes later takes no single steps. */
export const graphNamesOf = (model: Model): readonly ExportGraph[] =>
  exportGraphNames.filter((name) => name !== "step" || capabilitiesOf(model).causal);

/** A trained model, and what is told of it inside the files. */
export interface Exported {
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  readonly columns: readonly Column[];
  /** The family of the model, such as "vrnn". */
  readonly family: string;
  /** The version of the project. */
  readonly version: string;
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
  const { model, weights } = exported;
  const stored = storedWeights(model.parameters, weights);
  const graph = exportGraphs[name]({ ...exported, weights: namedWeights(model.parameters) });
  const outputs = finishNamed(withStates(graph));
  const { inputs, outputs: given } = lower(outputs, { stored });
  return lower(outputs, { stored, metadata: metadataOf(name, exported, inputs, given) });
}

/** The weights alone in the safetensors format, by their dotted names, with the same description. */
export function exportWeights(exported: Exported): Uint8Array {
  const tensors = splitWeights(exported.model.parameters, exported.weights);
  return encodeSafetensors(tensors, identity(exported));
}

const identity = ({ family, version, columns, model }: Exported): Record<string, string> => ({
  "vrnn.version": version,
  "vrnn.family": family,
  "vrnn.columns": JSON.stringify(columns.map(described)),
  ...(model.conditions && { "vrnn.conditions": JSON.stringify(model.conditions.map(conditionOf)) }),
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

const metadataOf = (name: ExportGraph, exported: Exported, inputs: Types, outputs: Types) => ({
  ...identity(exported),
  "vrnn.graph": name,
  "vrnn.inputs": JSON.stringify(withMeanings(inputs)),
  "vrnn.outputs": JSON.stringify(withMeanings(outputs)),
});

const withMeanings = (types: Types) =>
  Object.fromEntries(
    Object.entries(types).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape, meaning: meaningOf(name) },
    ]),
  );
