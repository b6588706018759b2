import { existsSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { StoredTensors } from "../checkpoint/safetensors.ts";
import { VrnnError } from "../errors.ts";
import type * as z from "../zod.ts";
import { removeLeftovers, writeFileAtomic } from "./atomic.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { readConfig, writeConfig } from "./config.ts";
import { appendEvent, flushEvents, type RunEvent, readEvents, truncateEvents } from "./events.ts";
import { cannotWrite, readIfPresent } from "./file-errors.ts";
import { checkFormat, RUN_FORMAT } from "./format.ts";
import { acquireLock, isLock, releaseLock } from "./lock.ts";
import { requireRun } from "./run-place.ts";
import { seal, unseal } from "./seal.ts";
import { makeFolders, requireFolderPlace } from "./writable.ts";

const FILES = {
  config: "config.json",
  weights: "weights.safetensors",
  state: "state.safetensors",
  metrics: "metrics.jsonl",
  report: "report.html",
  tokenizer: "tokenizer.json",
  calibration: "calibration.json",
  fillCalibration: "fill-calibration.json",
  probe: "probe.json",
  labelCalibration: "label-calibration.json",
  lock: "train.lock",
} as const;

/** The folder of a run's twin without latent variables, within its own. */
export const TWIN = "twin";

/** What is learned beside a run: of forecasts, of filled gaps, of labels by encodings and by the model itself. */
export type CalibrationName = "calibration" | "fillCalibration" | "probe" | "labelCalibration";

/**
 * The folder of a run. It can be read at any time, by any number of processes; one process at a time trains in it.
 * A process that is killed at any moment leaves a folder that opens, with its last complete checkpoint.
 *
 * | file | holds |
 * |---|---|
 * | `config.json` | what is needed to build the model again, and the version of the format |
 * | `weights.safetensors` | the best weights, for use |
 * | `state.safetensors` | all that resuming needs, the best weights included |
 * | `metrics.jsonl` | events, one a line |
 * | `report.html` | the report |
 * | `tokenizer.json` | of subwords how text becomes tokens, as other tools read it |
 * | `calibration.json` | how forecasts turned out on the validation split, once one was made |
 * | `fill-calibration.json` | the same of filled gaps |
 * | `probe.json` | how labels are told of encodings, once that was learned |
 * | `label-calibration.json` | how the model's own labels turned out on the validation split, once some were told |
 * | `train.lock` | which process trains here now |
 * | `twin/` | a run of its own: the same without latent variables |
 *
 * @example
 * const run = RunFolder.create("runs/jsb", { hidden: 64 });
 * run.append({ step: 1, "train/elbo": -8.2 });
 * run.save({ step: 1, cursor: { epoch: 0 }, weights, optimiser, best: weights, carried: {} });
 * run.unlock();
 */
export class RunFolder<Config> {
  readonly path: string;
  #config: Config;
  /** Which file the lock is, while it is held. */
  #lock: string | undefined;

  private constructor(path: string, config: Config) {
    this.path = path;
    this.#config = config;
  }

  get config(): Config {
    return this.#config;
  }

  /**
   * Makes the folder of a new run and takes its lock.
   *
   * @param replace whether a run that is there already gives way.
   * @throws VrnnError `run/exists` when a run is there already, `run/locked` when another process trains there,
   * `file/write` when it cannot be written; nothing is left behind then.
   */
  static create<Config extends object>(path: string, config: Config, replace = false): RunFolder<Config> {
    const outermost = makeFolder(path);
    const run = new RunFolder(path, config);
    try {
      run.lock();
      if (replace) run.#clear();
      if (readIfPresent(run.#file("config")) !== undefined) throw runExists(path);
      writeConfig(run.#file("config"), config);
      return run;
    } catch (cause) {
      run.unlock();
      if (outermost !== undefined) removeEmptyFolders(path, outermost);
      throw cause;
    }
  }

  /** Whether training stopped before an epoch was finished; where the metrics are gone it is not known, and false. */
  get isUntrained(): boolean {
    return existsSync(this.#file("metrics")) && this.events().length === 0;
  }

  /** Whether there is a run in this folder, readable or not. */
  static isRun(path: string): boolean {
    return existsSync(join(path, FILES.config));
  }

  /** Whether training came to its end: its best weights have been told of all splits, and no step came after. */
  get isConcluded(): boolean {
    return "best/train/elbo" in (this.events().at(-1) ?? {});
  }

  /** The files that a run keeps, there or not. */
  static files(path: string): readonly string[] {
    return Object.values(FILES).map((name) => join(path, name));
  }

  /**
   * Opens the folder of a run, for reading; `lock` it to train on.
   *
   * @param schema of the configuration, without its version.
   * @throws VrnnError `run/missing` when there is no run, `run/config` when its configuration cannot be used,
   * `run/newer` when a newer version wrote it.
   */
  static open<Config>(path: string, schema: z.core.$ZodType<Config>): RunFolder<Config> {
    requireRun(path, FILES.config);
    const config = readConfig(join(path, FILES.config), schema);
    removeLeftovers(path);
    return new RunFolder(path, config);
  }

  /**
   * Takes the right to train here.
   *
   * @throws VrnnError `run/locked` naming the process that trains here already. What writes afterwards throws `run/lost`
   * when the folder was moved, removed or replaced.
   */
  lock(): void {
    this.#lock = acquireLock(this.#file("lock"));
    removeLeftovers(this.path);
  }

  /** Gives the right to train here back. */
  unlock(): void {
    if (this.#lock !== undefined && isLock(this.#file("lock"), this.#lock)) releaseLock(this.#file("lock"));
    this.#lock = undefined;
  }

  /** Writes another configuration, such as one with more epochs; the weights must still fit it. */
  configure(config: Config & object): void {
    this.#requireLock();
    writeConfig(this.#file("config"), config);
    this.#config = config;
  }

  /**
   * Adds an event to the metrics. Events of a step come before the checkpoint of that step: those after it are dropped
   * when the run resumes from it.
   */
  append(event: RunEvent): void {
    this.#requireLock();
    appendEvent(this.#file("metrics"), event);
  }

  /** The events so far. */
  events(): RunEvent[] {
    return readEvents(this.#file("metrics"));
  }

  /**
   * Saves a checkpoint: once this returns, the run can resume from it, and a crash before leaves the one before.
   *
   * @throws VrnnError `file/write` when the disk is full; the checkpoint before stays.
   */
  save<Cursor>(checkpoint: Checkpoint<Cursor>): void {
    this.#requireLock();
    flushEvents(this.#file("metrics"));
    writeFileAtomic(this.#file("state"), encodeCheckpoint(checkpoint));
    this.#publish(checkpoint.best);
  }

  /**
   * The last checkpoint, or undefined when the run has none yet.
   *
   * @throws VrnnError `checkpoint/...` when the file is cut or damaged.
   */
  checkpoint<Cursor>(cursorSchema: z.core.$ZodType<Cursor>): Checkpoint<Cursor> | undefined {
    const path = this.#file("state");
    const bytes = readIfPresent(path);
    return bytes === undefined ? undefined : decodeCheckpoint(bytes, path, cursorSchema);
  }

  /**
   * Puts the folder back to its last checkpoint and returns that: metrics of later steps are dropped, and the best
   * weights are those of the checkpoint. Without a checkpoint yet the metrics are emptied and the result is undefined.
   */
  resume<Cursor>(cursorSchema: z.core.$ZodType<Cursor>): Checkpoint<Cursor> | undefined {
    this.#requireLock();
    const checkpoint = this.checkpoint(cursorSchema);
    truncateEvents(this.#file("metrics"), checkpoint?.step ?? Number.NEGATIVE_INFINITY);
    if (checkpoint !== undefined) this.#publish(checkpoint.best);
    return checkpoint;
  }

  /**
   * The best weights.
   *
   * @throws VrnnError `run/untrained` when there are none yet, `checkpoint/...` when the file is cut or damaged.
   */
  weights(): StoredTensors {
    const path = this.#file("weights");
    const bytes = readIfPresent(path);
    if (bytes === undefined) throw untrained(this.path);
    const { tensors, metadata } = unseal(bytes, path);
    checkFormat(Number(metadata.format), path);
    return tensors;
  }

  /** Writes the report and returns its path. */
  writeReport(html: string): string {
    writeFileAtomic(this.#file("report"), html);
    return this.#file("report");
  }

  /** Writes how text becomes tokens, for other tools: the configuration says it, too. */
  writeTokenizer(text: string): void {
    this.#requireLock();
    writeFileAtomic(this.#file("tokenizer"), text);
  }

  /** A calibration as it was written, if there is one, and where it stands. */
  calibration(name: CalibrationName): { readonly path: string; readonly bytes: Uint8Array | undefined } {
    const path = this.#file(name);
    return { path, bytes: readIfPresent(path) };
  }

  /** Keeps a calibration. It follows from the rest of the folder, so it needs no lock. */
  writeCalibration(name: CalibrationName, text: string): void {
    writeFileAtomic(this.#file(name), text);
  }

  /** Removes the run, the configuration first: without it the folder holds none. */
  #clear(): void {
    // What stood beside it was of the run that gives way; not while it is trained.
    const twin = join(this.path, TWIN);
    const held = RunFolder.isRun(twin) ? acquireLock(join(twin, FILES.lock)) : undefined;
    try {
      if (held !== undefined) rmSync(twin, { recursive: true });
      for (const name of [
        "config",
        "state",
        "weights",
        "metrics",
        "report",
        "tokenizer",
        "calibration",
        "fillCalibration",
        "probe",
        "labelCalibration",
      ] as const)
        rmSync(this.#file(name), { force: true });
    } catch (cause) {
      throw cannotWrite(this.path, cause);
    }
  }

  /** The state comes first and holds these weights too, so that a crash in between is mended by `resume`. */
  #publish(best: StoredTensors): void {
    const bytes = seal(best, { format: RUN_FORMAT.toString() });
    const present = readIfPresent(this.#file("weights"));
    if (present === undefined || !equalBytes(present, bytes)) writeFileAtomic(this.#file("weights"), bytes);
  }

  /** @throws VrnnError `run/unlocked`; `run/lost` when the folder was moved, removed or replaced since it was locked */
  #requireLock(): void {
    if (this.#lock === undefined) {
      throw new VrnnError("run/unlocked", "the folder is open for reading only", {
        at: this.path,
        remedy: "call lock() first",
      });
    }
    if (isLock(this.#file("lock"), this.#lock)) return;
    throw new VrnnError("run/lost", "the folder was moved, removed or replaced while it was trained in", {
      at: this.path,
      remedy: "what was saved went with it: resume it where it is now, with vrnn train --resume",
    });
  }

  #file(name: keyof typeof FILES): string {
    return join(this.path, FILES[name]);
  }
}

/** Returns the outermost folder that had to be made, if any. */
function makeFolder(path: string): string | undefined {
  requireFolderPlace(path);
  try {
    return makeFolders(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function removeEmptyFolders(innermost: string, outermost: string): void {
  try {
    let folder = resolve(innermost);
    for (; folder !== resolve(outermost); folder = dirname(folder)) rmdirSync(folder);
    rmdirSync(folder);
  } catch {
    // Somebody else put something there meanwhile.
  }
}

function runExists(path: string): VrnnError {
  return new VrnnError("run/exists", "there is a run in this folder already", {
    at: path,
    remedy: "resume it, or choose another folder with --out",
  });
}

function untrained(path: string): VrnnError {
  return new VrnnError("run/untrained", "the run has no weights yet: none of its epochs was finished", {
    at: path,
    remedy: `go on with vrnn train --resume ${path}`,
  });
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
