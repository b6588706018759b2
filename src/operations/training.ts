/** Training as the place where it runs makes it ready. */
import type { ModelOptions } from "../models/family.ts";
import type { FamilyName } from "../models/loading.ts";
import type { RunConfig } from "../run/run-config.ts";
import type { TrainingOptions } from "../train/options.ts";
import type { ResultEvent, RunTrainingEvent } from "../workbench/train.ts";
import type { Event } from "./event.ts";
import type { Given } from "./train-resumed.ts";

/** A model to be trained. */
export interface TrainingPlan {
  readonly family: FamilyName;
  readonly model: ModelOptions;
  readonly training: TrainingOptions;
  readonly schema: RunConfig["data"]["schema"];
  /** What nobody said: it is decided by the data, where the place can. */
  readonly untold?: Untold;
  /** For how long settings are searched first, such as 5m, where there are folders; not at all unless told. */
  readonly budget?: string | undefined;
  /** The folder of the run, where there are folders. */
  readonly out?: string | undefined;
  /** Whether a run that is there already gives way. */
  readonly force?: boolean | undefined;
  /** Whether a model of text with latent variables is trained once more without any; so unless told. */
  readonly twin?: boolean | undefined;
  /** The run whose weights it begins with. */
  readonly from?: string | undefined;
}

/** What nobody said of a training. */
export interface Untold {
  /** By which distributions columns are told, and what they are predicted from. */
  readonly emissions: boolean;
  /** How many hidden and latent units there are. */
  readonly width: boolean;
  /** After how many epochs it ends, and after how many that bring nothing better. */
  readonly epochs: boolean;
  /** How many steps sequences are cut into. */
  readonly window: boolean;
}

/** Training that is ready to begin. */
export interface TrainingJob {
  /** The folder of the run, where there are folders. */
  readonly path?: string;
  readonly epochs: number;
  /** What the data hold, to be told beforehand. */
  readonly description: readonly string[];
  events(): AsyncIterable<RunTrainingEvent>;
  /** Trains what stands beside the model, once that is there, and gives what there is to say of it for programs. */
  beside?(work: Working): AsyncGenerator<Event<never>, object>;
  /** Writes a report of the run; the report's path. @throws VrnnError when it cannot be drawn. */
  report?(result: ResultEvent): Promise<string>;
}

/** Trains and tells how it goes; the result, or undefined when it was asked to stop. */
export type Working = (job: TrainingJob) => AsyncGenerator<Event<never>, ResultEvent | undefined>;

/** Which run is to go on. */
export interface ResumeRequest {
  /** Its folder; when it is empty, the one that `out` or the data say. */
  readonly resume: string;
  readonly out?: string | undefined;
  /** As of a new run. */
  readonly twin?: boolean | undefined;
  /** What was said of it beside; see `resumedConfig`. */
  readonly given: Given;
}
