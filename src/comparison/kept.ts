/** What a comparison keeps in its folder: what was asked, and of each model how far it is and what came out. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseStrictJson } from "../checkpoint/strict-json.ts";
import { VrnnError } from "../errors.ts";
import { checked } from "../options.ts";
import { writeFileAtomic } from "../run/atomic.ts";
import { readIfPresent } from "../run/file-errors.ts";
import * as z from "../zod.ts";

const number = z.number();
const names = z.array(z.string());

/** How the columns are told by models that can tell them in several ways, chosen once for all. */
const ways = z.strictObject({ emission: names, center: names, scaleSteps: z.exactOptional(z.int()) });
/** How the columns are told. */
export type Ways = z.output<typeof ways>;

const settings = z.strictObject({
  digest: z.string(),
  /** In seconds, of each model. */
  budget: number,
  seed: number,
  horizons: z.array(number),
  /** By how many particles models are told that have a bound; 0: by the evidence lower bound. */
  particles: number,
});
/** What was asked: figures of other settings are no figures of this comparison. */
export type Settings = z.output<typeof settings>;

const asked = z.strictObject({ version: z.literal(1), settings, ways });

const result = z.strictObject({
  name: z.string(),
  /** Whether the likelihood may be higher than what is told. */
  isBound: z.boolean(),
  parameters: number,
  trainSeconds: number,
  scoreSeconds: number,
  forecastSeconds: number,
  /** What was chosen, in words. */
  settings: z.string(),
  /** The nats of each stretch of the exam. */
  nats: z.array(number),
  crps: z.record(z.string(), number),
});
/** What came out of one model. */
export type Result = z.output<typeof result>;

const progress = z.strictObject({
  /** Seconds of the budget that are spent. */
  spent: number,
  result: z.exactOptional(result),
});
/** How far a model is. */
export type Progress = z.output<typeof progress>;

const [ASKED, MODEL] = ["comparison.json", "compare.json"];
const DEEPEST = 8;

/** The folder of a comparison: a run for each model that is learnt, `compare.json` in each of these folders. */
export class ComparisonFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What the comparison that is here was asked. @throws VrnnError `compare/kept` */
  get asked(): z.output<typeof asked> | undefined {
    return read(join(this.path, ASKED), asked);
  }

  /** Begins a comparison, in the place of whatever was kept of another one. */
  begin(told: Settings, chosen: Ways): void {
    for (const name of foldersIn(this.path)) rmSync(join(this.path, name, MODEL), { force: true });
    write(join(this.path, ASKED), { version: 1, settings: told, ways: chosen });
  }

  /** The folder of a model's run. */
  runOf(name: string): string {
    return join(this.path, name);
  }

  /** @throws VrnnError `compare/kept` */
  progress(name: string): Progress | undefined {
    return read(join(this.runOf(name), MODEL), progress);
  }

  /** Keeps how far a model is. */
  keep(name: string, told: Progress): void {
    write(join(this.runOf(name), MODEL), told);
  }

  /** Writes a file beside. @returns its path */
  write(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileAtomic(path, content);
    return path;
  }
}

const write = (path: string, content: object): void =>
  writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);

function read<Content>(path: string, schema: z.core.$ZodType<Content>): Content | undefined {
  const bytes = readIfPresent(path);
  if (bytes === undefined) return undefined;
  const refused = (what: string, cause?: unknown) =>
    new VrnnError("compare/kept", `what was kept of the comparison cannot be used: ${what}`, {
      at: path,
      remedy: "start over with --force",
      cause,
    });
  let content: unknown;
  try {
    content = parseStrictJson(new TextDecoder().decode(bytes), DEEPEST);
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause), cause);
  }
  return checked(schema, content, ({ message, path: inside }) => refused(`${inside.join(".")}: ${message}`));
}

/** The folders in a folder; none where there is no such folder. */
function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((each) =>
      each.isDirectory() ? [each.name] : [],
    );
  } catch {
    return []; // whoever writes here finds out why
  }
}
