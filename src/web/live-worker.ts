/** The worker in which a page's sound is heard: it opens the run itself, and hears piece after piece. */
import { Resampler } from "../data/audio/resample.ts";
import { knownOfSpeech } from "../data/speech/knowledge.ts";
import { VrnnError } from "../errors.ts";
import { usualDecoding } from "../inference/speech/decoder.ts";
import { LiveTranscriber, type LiveTranscript } from "../inference/speech/live-transcriber.ts";
import { SerialQueue } from "../runtime/serial-queue.ts";
import { webRuntime } from "../runtime/web.ts";
import type { LiveReply, LiveRequest } from "./live-messages.ts";
import { packError } from "./messages.ts";

const turns = new SerialQueue();
let live: LiveTranscriber;
let resampler: { readonly from: number; readonly of: Resampler } | undefined;
let seconds = 0;

const tell = (reply: LiveReply): void => postMessage(reply);
const tellAll = (transcripts: readonly LiveTranscript[]): void => {
  for (const told of transcripts) tell({ type: "told", told });
};

async function open({
  run,
  runtime: asked,
  settings,
}: Extract<LiveRequest, { type: "open" }>): Promise<void> {
  // All families are awaited where it is loaded, and they need what stands in this file: it has to be there before.
  const { trainedModelIn } = await import("./open-run.ts");
  const { config, model, weights } = await trainedModelIn(run);
  const { fields, modality } = config;
  const runtime = await webRuntime(asked);
  const { silence, sure, ...decoding } = settings;
  live = await LiveTranscriber.open({
    ...{ runtime, model, weights, fields, known: knownOfSpeech(modality, run.config.name) },
    decoding: { ...usualDecoding, ...decoding },
    ...(silence !== undefined && { silence }),
    ...(sure !== undefined && { sure }),
  });
  const { rate } = live;
  if (rate === undefined)
    throw new VrnnError(
      "speech/features",
      "the run hears features that were computed elsewhere, and no sound",
      {
        at: run.config.name,
        remedy: "open a run that was trained on recordings",
      },
    );
  const { name, threads, notes } = runtime;
  tell({ type: "opened", ears: { name, threads, notes, rate } });
}

/** Sound of another rate than before begins anew: it is another recording. */
function brought(samples: Float32Array, from: number): Float32Array {
  if (resampler?.from !== from) resampler = { from, of: new Resampler(from, live.rate as number) };
  return resampler.of.push(samples);
}

async function answer(request: LiveRequest): Promise<void> {
  switch (request.type) {
    case "open":
      return open(request);
    case "sound": {
      const { samples, rate } = request;
      tellAll(await live.push(brought(samples, rate)));
      seconds += samples.length / rate;
      return tell({ type: "heard", seconds });
    }
    case "finish": {
      const last = resampler?.of.end() ?? new Float32Array();
      resampler = undefined;
      tellAll(await live.push(last));
      tellAll(await live.finish());
      return tell({ type: "finished" });
    }
  }
}

addEventListener("message", ({ data: request }: MessageEvent<LiveRequest>) => {
  turns.take(async () => {
    try {
      await answer(request);
    } catch (error) {
      tell({ type: "error", error: packError(error) });
    }
  });
});
