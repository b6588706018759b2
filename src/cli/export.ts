import { extname } from "node:path";
import type { ExportGraph } from "../export/export.ts";
import { aligned } from "../text/aligned.ts";
import { fileSize } from "../text/figures.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson } from "./output.ts";
import { list } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options {
  readonly out: string;
  readonly graphs?: readonly string[];
  readonly json?: true;
}

export const exportRun: CliCommand = {
  name: "export",
  summary: "a trained model as ONNX files that need nothing of vrnn, and its weights as safetensors",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option(
        "--out <file>",
        "where they go: model.onnx makes model.score.onnx, model.step.onnx, ... and model.safetensors",
        "model.onnx",
      )
      .option("--graphs <names>", "some of score, step, sample, encode (default: all)", list)
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, { out, graphs, json }: Options): Promise<void> {
  const [{ exportGraph, exportWeights }, { openRun }, { projectVersion }, { writeFileAtomic }] =
    await Promise.all([
      import("../export/export.ts"),
      import("../run/run.ts"),
      import("../run/version.ts"),
      import("../run/atomic.ts"),
    ]);
  const names = await chosen(graphs);
  const base = extname(out) === ".onnx" ? out.slice(0, -".onnx".length) : out;
  const { config, model, weights } = openRun(path);
  const { columns, family } = config;
  const exported = { model, weights, columns, family, version: projectVersion };
  const programs = names.map((name) => ({ name, ...exportGraph(name, exported) }));
  // Nothing is written before everything is ready.
  const files = new Map([
    ...programs.map(({ name, model: bytes }) => [`${base}.${name}.onnx`, bytes] as const),
    [`${base}.safetensors`, exportWeights(exported)] as const,
  ]);
  for (const [file, bytes] of files) writeFileAtomic(file, bytes);
  const sizes = [...files].map(([file, { length }]) => [file, fileSize(length)]);
  for (const line of aligned(sizes)) tell(line);
  if (json) printJson({ run: path, files: [...files.keys()], graphs: describe(programs) });
}

async function chosen(asked: readonly string[] | undefined): Promise<readonly ExportGraph[]> {
  const { exportGraphNames } = await import("../export/export.ts");
  const { didYouMean } = await import("../text/nearest.ts");
  const stranger = asked?.find((name) => !(exportGraphNames as readonly string[]).includes(name));
  if (stranger !== undefined)
    throw usageError(
      `option '--graphs': there is no graph ${stranger}`,
      didYouMean(stranger, exportGraphNames, { shown: String }),
    );
  return exportGraphNames.filter((name) => asked?.includes(name) ?? true);
}

type Types = Readonly<Record<string, { readonly dtype: string; readonly shape: readonly unknown[] }>>;

const describe = (
  programs: readonly { readonly name: string; readonly inputs: Types; readonly outputs: Types }[],
) => Object.fromEntries(programs.map(({ name, inputs, outputs }) => [name, { inputs, outputs }]));
