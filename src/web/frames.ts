/**
 * What may come after a clip, in a page: a worker of its own opens a run of moving pictures, reads the clip and goes on with it.
 *
 * @module vrnn/web/frames
 */
import type { WebRuntimeOptions } from "../runtime/web.ts";
import { Channel } from "./channel.ts";
import type { ClipFutures, FrameEyes, FramesRequest, FuturesWanted, SeenClip } from "./frames-messages.ts";
import type { RunFiles } from "./open-run.ts";

export type { ClipFutures, FrameEyes, FuturesWanted, SeenClip } from "./frames-messages.ts";
export type { RunFiles } from "./open-run.ts";

/** A run, and how it is computed. */
export interface FrameWorkerOptions extends WebRuntimeOptions {
  /** `config.json` and `weights.safetensors` of a run of `video-vrnn` or `frame-vrnn`. */
  readonly run: RunFiles;
  /** The URL of the bundled worker (`vrnn/web/frames-worker`); `frames-worker.js` beside the page's bundle unless told. */
  readonly workerUrl?: string | URL;
}

/**
 * Predicts frames in a worker, one request after the other. Nothing of a clip leaves the page.
 *
 * @example
 * const frames = await FrameWorker.start({ run: { config, weights } });
 * const { length } = await frames.read([gif]); // a GIF, or pictures
 * await frames.surprise(); // [length], nats
 * const { expected, mean } = await frames.predict({ steps: 8, count: 4, seed: 1 });
 * frames.end();
 */
export class FrameWorker {
  /** What it sees with. */
  readonly eyes: FrameEyes;
  private readonly channel: Channel<FramesRequest>;

  private constructor(channel: Channel<FramesRequest>, eyes: FrameEyes) {
    this.channel = channel;
    this.eyes = eyes;
  }

  /**
   * @throws VrnnError `web/worker` when the worker cannot be loaded; `run/...`, `checkpoint/...` for files that are no run, `run/no-frames`
   * for one of anything but moving pictures
   */
  static async start({ run, workerUrl, ...runtime }: FrameWorkerOptions): Promise<FrameWorker> {
    const channel = new Channel<FramesRequest>(startWorker(workerUrl), "frames-worker");
    try {
      const eyes = await channel.ask((id) => ({ type: "open", id, run, runtime }));
      return new FrameWorker(channel, eyes as FrameEyes);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** Reads a clip, which all that follows is about: a GIF, or pictures in the order of their numbers. @throws VrnnError `data/...` */
  async read(files: readonly File[]): Promise<SeenClip> {
    return (await this.channel.ask((id) => ({ type: "read", id, files }))) as SeenClip;
  }

  /** `[length]`: minus the bound of each frame in nats, what `vrnn score` tells as its `total`. @throws VrnnError `options/invalid` */
  async surprise(): Promise<Float64Array> {
    return (await this.channel.ask((id) => ({ type: "surprise", id }))) as Float64Array;
  }

  /** Draws futures of the clip that was read last. @throws VrnnError `options/invalid` */
  async predict(wanted: FuturesWanted): Promise<ClipFutures> {
    return (await this.channel.ask((id) => ({ type: "predict", id, wanted }))) as ClipFutures;
  }

  /** Ends the worker at once. */
  end(): void {
    this.channel.close();
  }
}

function startWorker(url: string | URL | undefined): Worker {
  if (url !== undefined) return new Worker(url, { type: "module" });
  // Bundlers look for these very words.
  return new Worker(new URL("./frames-worker.js", import.meta.url), { type: "module" });
}
