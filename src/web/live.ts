/**
 * A page's microphone, as words: a worker of its own opens a run of speech and hears.
 *
 * @module vrnn/web/live
 */
import type { VrnnError } from "../errors.ts";
import type { LiveTranscript } from "../inference/speech/live-transcriber.ts";
import type { WebRuntimeOptions } from "../runtime/web.ts";
import { brokenWorker } from "./channel.ts";
import type { LiveEars, LiveReply, LiveRequest, LiveSettings } from "./live-messages.ts";
import { unpackError } from "./messages.ts";
import type { RunFiles } from "./open-run.ts";

export type {
  FinalTranscript,
  LiveTranscript,
  PartialTranscript,
  SpokenWord,
} from "../inference/speech/live-transcriber.ts";
export type { LiveEars, LiveSettings } from "./live-messages.ts";
export type { RunFiles } from "./open-run.ts";

/** A run, how it is computed and who is told of what is said. */
export interface LiveHearingOptions extends WebRuntimeOptions, LiveSettings {
  /** `config.json` and `weights.safetensors` of a run that was trained on recordings. */
  readonly run: RunFiles;
  /** The URL of the bundled worker (`vrnn/web/live-worker`); `live-worker.js` beside the page's bundle unless told. */
  readonly workerUrl?: string | URL;
  readonly onTold: (told: LiveTranscript) => void;
  /** Told of seconds of sound that were heard by now: what was pushed beyond waits. */
  readonly onHeard?: (seconds: number) => void;
  readonly onError?: (error: VrnnError) => void;
}

/** A `finish` that the worker has not answered yet. */
interface Finishing {
  resolve(): void;
  reject(error: VrnnError): void;
}

/**
 * Hears sound in a worker. Nothing of it leaves the page.
 *
 * @example
 * const hearing = await LiveHearing.start({ run: { config, weights }, onTold: (told) => console.log(told.type, told.words) });
 * hearing.push(samples, 48_000); // as they come
 * await hearing.finish(); // what was said last has been told
 * hearing.end();
 */
export class LiveHearing {
  /** What it hears with. */
  readonly ears: LiveEars;
  private readonly worker: Worker;
  private readonly finishing: Finishing[];

  private constructor(worker: Worker, ears: LiveEars, finishing: Finishing[]) {
    this.worker = worker;
    this.ears = ears;
    this.finishing = finishing;
  }

  /**
   * @throws VrnnError `web/worker` when the worker cannot be loaded; `run/...`, `checkpoint/...` for files that are no run; `speech/whole`,
   * `speech/features` for runs that cannot follow sound
   */
  static start({
    run,
    workerUrl,
    onTold,
    onHeard = () => {},
    onError = () => {},
    ...asked
  }: LiveHearingOptions): Promise<LiveHearing> {
    const { silence, sure, letters, weight, bonus, width, order, within, ...runtime } = asked;
    const settings = given({ silence, sure, letters, weight, bonus, width, order, within });
    const worker = startWorker(workerUrl);
    const finishing: Finishing[] = [];
    return new Promise((resolve, reject) => {
      let isOpen = false;
      const fail = (error: VrnnError) => {
        if (isOpen) {
          for (const { reject: give } of finishing.splice(0)) give(error);
          return onError(error);
        }
        worker.terminate();
        reject(error);
      };
      worker.addEventListener("error", ({ message }) => fail(brokenWorker(message, "live-worker")));
      worker.addEventListener("message", ({ data }: MessageEvent<LiveReply>) => {
        if (data.type === "told") onTold(data.told);
        else if (data.type === "heard") onHeard(data.seconds);
        else if (data.type === "finished") finishing.shift()?.resolve();
        else if (data.type === "error") fail(unpackError(data.error));
        else {
          isOpen = true;
          resolve(new LiveHearing(worker, data.ears, finishing));
        }
      });
      worker.postMessage({ type: "open", run, runtime, settings } satisfies LiveRequest);
    });
  }

  /** Hears samples after those that were pushed before; their memory goes to the worker. @param samples `[N]`, `rate` of them a second */
  push(samples: Float32Array<ArrayBuffer>, rate: number): void {
    this.ask({ type: "sound", samples, rate }, [samples.buffer]);
  }

  /** Resolves when all that was pushed is heard and told; the next sound begins something new. */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.finishing.push({ resolve, reject });
      this.ask({ type: "finish" });
    });
  }

  /** Ends the worker at once. */
  end(): void {
    this.worker.terminate();
  }

  private ask(request: LiveRequest, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(request, transfer);
  }
}

/** Without what is not there. */
const given = (
  settings: { readonly [Key in keyof LiveSettings]: LiveSettings[Key] | undefined },
): LiveSettings => Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

function startWorker(url: string | URL | undefined): Worker {
  if (url !== undefined) return new Worker(url, { type: "module" });
  // Bundlers look for these very words.
  return new Worker(new URL("./live-worker.js", import.meta.url), { type: "module" });
}
