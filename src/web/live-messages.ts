/** What a page and the worker that hears its sound tell each other. */
import type { DecodingOptions } from "../inference/speech/decoder.ts";
import type { LiveTranscript } from "../inference/speech/live-transcriber.ts";
import type { WebRuntimeOptions } from "../runtime/web.ts";
import type { TravellingError, WorkerRuntime } from "./messages.ts";
import type { RunFiles } from "./open-run.ts";

/** How speech is searched and when something is told: what is not told is as at the command line. */
export interface LiveSettings extends Partial<DecodingOptions> {
  /** Seconds of silence that end an utterance; 0.5 unless told. */
  readonly silence?: number;
  /** See `LiveTranscriberOptions`; 0.99 unless told. */
  readonly sure?: number;
}

/** From the page: `open` comes first. */
export type LiveRequest =
  | {
      readonly type: "open";
      readonly run: RunFiles;
      readonly runtime: WebRuntimeOptions;
      readonly settings: LiveSettings;
    }
  /** Samples, so many a second. */
  | { readonly type: "sound"; readonly samples: Float32Array; readonly rate: number }
  | { readonly type: "finish" };

/** What the worker hears with. */
export interface LiveEars extends WorkerRuntime {
  /** Samples a second that the run hears. */
  readonly rate: number;
}

/** From the worker. */
export type LiveReply =
  | { readonly type: "opened"; readonly ears: LiveEars }
  | { readonly type: "told"; readonly told: LiveTranscript }
  /** All sound up to here was heard, seconds of it in all. */
  | { readonly type: "heard"; readonly seconds: number }
  | { readonly type: "finished" }
  | { readonly type: "error"; readonly error: TravellingError };
