import {
  type ExportGraph,
  exportGraph,
  exportGraphNames,
  exportWeights,
  graphNamesOf,
} from "../export/export.ts";
import { option, usageError } from "../options.ts";
import { aligned } from "../words/aligned.ts";
import { fileSize } from "../words/file-size.ts";
import { didYouMean } from "../words/nearest.ts";
import * as z from "../zod.ts";
import { type Event, note } from "./event.ts";
import { tableRun } from "./subject.ts";
import { operation } from "./usual.ts";

const ONNX = ".onnx";

/** What a name without its ending is the beginning of. */
const baseOf = (out: string): string => (out.endsWith(ONNX) ? out.slice(0, -ONNX.length) : out);
const graphFile = (out: string, name: ExportGraph): string => `${baseOf(out)}.${name}${ONNX}`;
const weightsFile = (out: string): string => `${baseOf(out)}.safetensors`;

export const exportRun = operation({
  input: z.strictObject({
    out: option(z._default(z.string(), "model.onnx"), {
      flag: "--out <file>",
      help: "where they go: model.onnx makes model.score.onnx, model.step.onnx, ... and model.safetensors",
      writes: { names: (out) => [...exportGraphNames.map((name) => graphFile(out, name)), weightsFile(out)] },
      ending: ONNX,
    }),
    graphs: option(z.optional(z.array(z.string())), {
      flag: "--graphs <names>",
      help: `some of ${exportGraphNames.join(", ")} (default: all that the model has)`,
    }),
  }),
  output: "figures",
  async *run(context, { out, graphs }): AsyncGenerator<Event<ReadonlyMap<string, Uint8Array>>> {
    const asked = chosen(graphs);
    const { config, model, weights, columns } = await tableRun(context, "export");
    const names = asked ?? graphNamesOf(model);
    const { family } = config;
    const exported = { model, weights, columns, family, version: context.version };
    const programs = names.map((name) => ({ name, ...exportGraph(name, exported) }));
    const value = new Map([
      ...programs.map(({ name, model: bytes }) => [graphFile(out, name), bytes] as const),
      [weightsFile(out), exportWeights(exported)] as const,
    ]);
    const files = [...value].map(([path, bytes]) => ({ path, content: () => bytes }));
    yield { type: "artifacts", files };
    const sizes = [...value].map(([path, { length }]) => [path, fileSize(length)]);
    for (const line of aligned(sizes)) yield note(line);
    const summary = { run: context.files?.path, files: [...value.keys()], graphs: describe(programs) };
    yield { type: "result", value, summary };
  },
});

function chosen(asked: readonly string[] | undefined): readonly ExportGraph[] | undefined {
  const stranger = asked?.find((name) => !(exportGraphNames as readonly string[]).includes(name));
  if (stranger !== undefined)
    throw usageError(
      `option '--graphs': there is no graph ${stranger}`,
      didYouMean(stranger, exportGraphNames, { shown: String }),
    );
  return asked && exportGraphNames.filter((name) => asked.includes(name));
}

type Types = Readonly<Record<string, { readonly dtype: string; readonly shape: readonly unknown[] }>>;

const describe = (
  programs: readonly { readonly name: string; readonly inputs: Types; readonly outputs: Types }[],
) => Object.fromEntries(programs.map(({ name, inputs, outputs }) => [name, { inputs, outputs }]));
