import { tokenizerJson } from "../data/text/tokenizer-json.ts";
import { RESERVED } from "../data/text/tokens.ts";
import {
  exportGraph,
  exportGraphNames,
  exportTextGraph,
  exportWeights,
  graphNamesOf,
  textExportGraphNames,
  textGraphNamesOf,
} from "../export/export.ts";
import type { Program } from "../onnx/lower.ts";
import { option, usageError } from "../options.ts";
import { labelOfRun, requireVocabulary } from "../run/run-fields.ts";
import { aligned } from "../words/aligned.ts";
import { fileSize } from "../words/file-size.ts";
import { didYouMean } from "../words/nearest.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { type Event, note } from "./event.ts";
import { tableRun } from "./subject.ts";
import { operation } from "./usual.ts";

const ONNX = ".onnx";

/** What a name without its ending is the beginning of. */
const baseOf = (out: string): string => (out.endsWith(ONNX) ? out.slice(0, -ONNX.length) : out);
const graphFile = (out: string, name: string): string => `${baseOf(out)}.${name}${ONNX}`;

/** What may lie beside graphs, by the ends of its names: weights alone, and how text becomes ids. */
const BESIDE = ["safetensors", "vocabulary.json", "tokenizer.json"];

const anyGraphNames = [...new Set<string>([...exportGraphNames, ...textExportGraphNames])];

export const exportRun = operation({
  input: z.strictObject({
    out: option(z._default(z.string(), "model.onnx"), {
      flag: "--out <file>",
      help: "where they go: model.onnx makes model.score.onnx, model.step.onnx, ... and model.safetensors",
      writes: {
        names: (out) => [
          ...anyGraphNames.map((name) => graphFile(out, name)),
          ...BESIDE.map((ending) => `${baseOf(out)}.${ending}`),
        ],
      },
      ending: ONNX,
    }),
    graphs: option(z.optional(z.array(z.string())), {
      flag: "--graphs <names>",
      help: `some of ${exportGraphNames.join(", ")}, of text ${textExportGraphNames.join(", ")} (default: all that the model has)`,
    }),
  }),
  output: "figures",
  async *run(context, { out, graphs }): AsyncGenerator<Event<ReadonlyMap<string, Uint8Array>>> {
    const isText = (await context.run()).config.fields["x"]?.kind === "tokens";
    const { programs, files: beside } = isText
      ? await textParts(context, graphs)
      : await tableParts(context, graphs);
    const value = new Map([
      ...programs.map(({ name, model: bytes }) => [graphFile(out, name), bytes] as const),
      ...Object.entries(beside).map(([ending, bytes]) => [`${baseOf(out)}.${ending}`, bytes] as const),
    ]);
    const files = [...value].map(([path, bytes]) => ({ path, content: () => bytes }));
    yield { type: "artifacts", files };
    const sizes = [...value].map(([path, { length }]) => [path, fileSize(length)]);
    for (const line of aligned(sizes)) yield note(line);
    const summary = { run: context.files?.path, files: [...value.keys()], graphs: describe(programs) };
    yield { type: "result", value, summary };
  },
});

/** Graphs, and what lies beside them by the ends of its names. */
interface Parts {
  readonly programs: readonly (Program & { readonly name: string })[];
  readonly files: Readonly<Record<string, Uint8Array>>;
}

async function tableParts(context: Context, graphs: readonly string[] | undefined): Promise<Parts> {
  const { config, model, weights, columns } = await tableRun(context, "export");
  const exported = { model, weights, columns, family: config.family, version: context.version };
  const names = chosen(graphs, exportGraphNames) ?? graphNamesOf(model);
  return {
    programs: names.map((name) => ({ name, ...exportGraph(name, exported) })),
    files: { safetensors: exportWeights(exported) },
  };
}

/** Of text with its tokenizer beside: what goes in and comes out are ids. */
async function textParts(context: Context, graphs: readonly string[] | undefined): Promise<Parts> {
  const { config, model, weights } = await context.run();
  const vocabulary = requireVocabulary(config);
  const levels = config.readout && labelOfRun(config)?.levels;
  const exported = { model, weights, vocabulary, levels, family: config.family, version: context.version };
  const able = textGraphNamesOf(model);
  const names = chosen(graphs, able) ?? able;
  const tokenizer = tokenizerJson(vocabulary);
  const encoded = (text: string) => new TextEncoder().encode(text);
  return {
    programs: names.map((name) => ({ name, ...exportTextGraph(name, exported) })),
    files: {
      safetensors: exportWeights(exported),
      "vocabulary.json": encoded(`${JSON.stringify({ reserved: RESERVED, ...vocabulary })}\n`),
      ...(tokenizer !== undefined && { "tokenizer.json": encoded(tokenizer) }),
    },
  };
}

/** Those of the graphs that were asked for. @throws VrnnError `usage/option` for one that there is not */
function chosen<Name extends string>(
  asked: readonly string[] | undefined,
  able: readonly Name[],
): readonly Name[] | undefined {
  const stranger = asked?.find((name) => !(able as readonly string[]).includes(name));
  if (stranger !== undefined)
    throw usageError(
      `option '--graphs': there is no graph ${stranger}`,
      didYouMean(stranger, able, { shown: String }),
    );
  return asked && able.filter((name) => asked.includes(name));
}

type Types = Readonly<Record<string, { readonly dtype: string; readonly shape: readonly unknown[] }>>;

const describe = (
  programs: readonly { readonly name: string; readonly inputs: Types; readonly outputs: Types }[],
) => Object.fromEntries(programs.map(({ name, inputs, outputs }) => [name, { inputs, outputs }]));
