import { join } from "node:path";
import { collinearNotes } from "../data/collinear.ts";
import type { Dataset } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import { materialWords } from "../data/option-materials.ts";
import { describeDataset } from "../data/summary.ts";
import { unobservedNotes } from "../data/unobserved.ts";
import { VrnnError } from "../errors.ts";
import { familyNames } from "../models/loading.ts";
import { vrnnOptions } from "../models/vrnn/family.ts";
import { type Context, filesOf } from "../operations/context.ts";
import { type Event, note } from "../operations/event.ts";
import { readPath, seed } from "../operations/inputs.ts";
import { operation } from "../operations/operation.ts";
import { option, usageError } from "../options.ts";
import { dataSchema } from "../run/data-schema.ts";
import { nameOfData } from "../run/run-place.ts";
import { secondsOf } from "../workbench/search.ts";
import * as z from "../zod.ts";
import { type Beginning, compared } from "./compare.ts";
import { contendersOf, requireKnown } from "./contenders.ts";
import { ComparisonFolder } from "./kept.ts";
import { comparisonReport } from "./report.ts";
import { ruleNames } from "./rules.ts";
import { type Table, tableLines } from "./words.ts";

const input = z.strictObject({
  models: option(z.optional(z.array(z.string()).check(z.minLength(1, "name one model at least"))), {
    flag: "--models <names>",
    help: `by comma, of ${[...familyNames, ...ruleNames].join(", ")} (default: those that model such data)`,
  }),
  budget: option(z._default(z.string(), "60s"), {
    flag: "--budget <time>",
    help: "of each model, in wall-clock time, its search included, such as 90s or 5m",
  }),
  horizons: option(
    z.optional(z.array(z.int().check(z.minimum(1))).check(z.minLength(1, "give one at least"))),
    {
      flag: "--horizons <steps>",
      help: "how far ahead forecasts are judged, by comma (default: those of 1,5,20 that fit)",
    },
  ),
  particles: option(z._default(z.int().check(z.minimum(0), z.maximum(65_536)), 0), {
    flag: "--particles <count>",
    help: "tell models that have a bound by so many particles (FIVO); 0: by the evidence lower bound",
  }),
  seed: seed("of weights, draws and paths"),
  out: option(z.optional(z.string()), {
    flag: "--out <folder>",
    help: "where the runs, the picture and the report go (default: runs/compare-<name of the data>)",
    writes: "folder",
  }),
  resume: option(z._default(z.boolean(), false), {
    flag: "--resume",
    help: "go on with a comparison that was stopped: the same command, and this",
  }),
  force: option(z._default(z.boolean(), false), {
    flag: "--force",
    help: "start over where a comparison is already",
  }),
  schemaFile: readPath("--schema <file>", "how data are read, as vrnn inspect wrote it"),
  /** Of models that can tell columns in several ways. */
  ways: z.usually(z.pick(vrnnOptions, { emission: true, center: true })),
  schema: z.usually(dataSchema),
});

type Input = z.output<typeof input>;

/** A budget that is shorter learns nothing. */
const LEAST_BUDGET = 1;

/** Several models on the same data under one budget; it needs folders for their runs. */
export const compare = operation({
  input,
  output: "figures",
  async *run(context, input): AsyncGenerator<Event<Table>> {
    const budget = checkedBudget(input);
    requireKnown(input.models ?? []);
    const { path, more } = filesOf(context);
    if (path === "") throw usageError("there is nothing to compare on", "give a file: vrnn compare data.csv");
    const schema = await schemaOf(context, input);
    const data = tableIn(await context.dataset(schema, AS_USUAL));
    const contenders = await contendersOf(input.models, data.modality?.name ?? "table");
    for (const line of [...collinearNotes(data), ...unobservedNotes(data), ...describeDataset(data)])
      yield note(line);
    const out = input.out ?? join("runs", `compare-${nameOfData(path)}`);
    const { horizons, particles, seed } = input;
    const runtime = await context.runtime();
    const { signal, notice } = context;
    const start = beginningOf(input);
    const ways = Object.values(input.ways).flat().length > 0 ? input.ways : undefined;
    const asked = {
      contenders,
      ways,
      data,
      path,
      more,
      schema,
      out,
      start,
      budget,
      seed,
      horizons,
      particles,
    };
    const comparing = { ...asked, runtime, signal, notice };
    const table = yield* compared(comparing);
    if (table === undefined) {
      yield { type: "stopped", text: "stopped; go on with the same command and --resume" };
      return;
    }
    const { html, picture } = comparisonReport(table, { ...comparing, name: nameOfData(path) });
    const folder = new ComparisonFolder(out);
    folder.write("compare.svg", picture);
    yield note(`report: ${folder.write("report.html", html)}`);
    yield { type: "lines", lines: tableLines(table) };
    yield { type: "result", value: table, summary: summaryOf(table, out) };
  },
});

function checkedBudget({ budget }: Input): number {
  const seconds = secondsOf(budget);
  if (seconds >= LEAST_BUDGET) return seconds;
  throw usageError(
    `option '--budget': ${budget} is too short to learn anything`,
    `give ${LEAST_BUDGET}s or more, better a minute`,
  );
}

function beginningOf({ resume, force }: Input): Beginning {
  if (resume && force) throw usageError("--resume and --force exclude each other", "leave one of them out");
  if (resume) return "resume";
  return force ? "replace" : "new";
}

/** What is made of times is left out where nobody asks for it: several models take nothing beside the data. */
const AS_USUAL: Input["schema"] = { calendar: ["none"] };

async function schemaOf(context: Context, { schemaFile, schema }: Input): Promise<Input["schema"]> {
  const saved = schemaFile === undefined ? {} : await filesOf(context).schema(schemaFile);
  return { ...saved, ...schema };
}

/** @throws VrnnError `compare/material` for what has no columns in memory */
function tableIn(data: Dataset | FieldDataset): Dataset {
  if (!("fields" in data)) return data;
  const { name } = data.modality;
  const [what, remedy] =
    name === "table"
      ? ["tables that are read in parts", "give a part that fits into memory"]
      : [
          materialWords([name]),
          "train each model by itself, and hold one against another: vrnn evaluate --against",
        ];
  throw new VrnnError("compare/material", `tables, music and drawings are compared, not ${what}`, { remedy });
}

const summaryOf = ({ standings, refusals }: Table, run: string): object => ({
  models: [...standings, ...refusals.map((each) => ({ ...each, natsPerStep: null, interval: null }))],
  best: standings[0]?.name ?? null,
  out: run,
});
