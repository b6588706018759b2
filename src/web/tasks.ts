/** What a worker can be asked to do: read a file, and every operation. */
import type { Dataset } from "../data/dataset.ts";
import type { MemoryDataset } from "../data/field-dataset.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { VrnnError } from "../errors.ts";
import { type ArtifactsEvent, type Event, note, type ResultOf } from "../operations/event.ts";
import { type OperationEntry, type OperationName, operations } from "../operations/index.ts";
import type { InputSchema, Operation } from "../operations/operation.ts";
import { refuseUnreadByRun } from "../operations/unread.ts";
import { checked } from "../options.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { didYouMean } from "../words/nearest.ts";
import type * as z from "../zod.ts";
import { datasetFromFile } from "./file.ts";
import { type Brought, inputOf, webContext } from "./place.ts";
import type { TextReadOptions } from "./text-file.ts";

/** What a worker can be asked to do. */
export type TaskName = OperationName | keyof FileTasks;

/** Tasks that read files: a table, music or drawings; a text. */
export interface FileTasks {
  readonly read: { readonly job: ReadJob; readonly result: Dataset };
  readonly readText: { readonly job: ReadTextJob; readonly result: MemoryDataset };
}

/** A text to be read into tokens. */
export interface ReadTextJob {
  readonly file: File;
  readonly options: TextReadOptions;
}

/** A file to be read into a data set. */
export interface ReadJob {
  /** It is read in the worker: no byte of it is copied. */
  readonly file: File;
  readonly options?: SchemaOptions;
}

type Operations = typeof operations;
type Loaded<Name extends OperationName> = Awaited<ReturnType<Operations[Name]["load"]>>;

/** What a task needs to be told: what it is about, and the inputs of its operation. */
export type Job<Name extends TaskName> = Name extends OperationName
  ? Brought[Operations[Name]["subject"]] & InputOf<z.input<Loaded<Name>["input"]>>
  : Name extends keyof FileTasks
    ? FileTasks[Name]["job"]
    : never;

/** An input without parts forbids every key; beside what a job brings along it says nothing. */
type InputOf<Input> = string extends keyof Input ? unknown : Input;

/** What a task answers. */
export type Result<Name extends TaskName> = Name extends OperationName
  ? ValueOf<Loaded<Name>>
  : Name extends keyof FileTasks
    ? FileTasks[Name]["result"]
    : never;

type ValueOf<Loaded> = Loaded extends Operation<InputSchema, infer Value> ? Value : never;

/** What an operation tells while it works, as far as it can travel. */
export type Told = Exclude<Event<never>, ArtifactsEvent | ResultOf<never>>;

/** What a task is given beside its job. */
export interface TaskContext {
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  /** Tells the page what happens. */
  emit(event: Told): void;
}

/**
 * Does a task.
 *
 * @throws VrnnError `options/invalid` for a task or an option that nobody knows, and what the operation throws.
 */
export async function runTask(name: TaskName, job: object, context: TaskContext): Promise<unknown> {
  if (isFileTask(name)) return fileTasks[name](job as never);
  const { subject, load } = entryOf(name);
  const operation = await load();
  const given = inputOf(subject, job);
  const input = checked(await schemaOf(operation, given), given);
  const notice = (notes: readonly string[]) => {
    for (const text of notes) context.emit(note(text));
  };
  const place = webContext(job, { ...context, notice });
  await refuseUnreadByRun(operation, given, place);
  let value: unknown;
  for await (const event of operation.run(place, input, given)) {
    if (event.type === "result") value = event.value;
    else if (event.type !== "artifacts") context.emit(event);
  }
  return value;
}

const isFileTask = (name: string): name is keyof FileTasks => Object.hasOwn(fileTasks, name);

/** How files are read. What is no table is read by code that is loaded then. */
const fileTasks: {
  readonly [Name in keyof FileTasks]: (job: FileTasks[Name]["job"]) => Promise<FileTasks[Name]["result"]>;
} = {
  read: ({ file, options }) => datasetFromFile(file, options),
  readText: async ({ file, options }) => (await import("./readers.ts")).textFromFile(file, options),
};

async function schemaOf(
  { input, variants }: Operation,
  given: Readonly<Record<string, unknown>>,
): Promise<InputSchema> {
  const chosen = (variants?.keys ?? []).flatMap((key) =>
    given[key] === undefined ? [] : [[key, String(given[key])] as const],
  );
  return variants?.inputOf(Object.fromEntries(chosen)) ?? input;
}

function entryOf(name: string): OperationEntry {
  const known: Readonly<Record<string, OperationEntry>> = operations;
  if (Object.hasOwn(known, name)) return known[name] as OperationEntry;
  throw new VrnnError("options/invalid", `there is no task "${name}"`, {
    remedy: didYouMean(name, [...Object.keys(known), ...Object.keys(fileTasks)]),
  });
}
