/** The worker in which a page's clip is read and gone on with: it opens the run itself. */
import { SerialQueue } from "../runtime/serial-queue.ts";
import { webRuntime } from "../runtime/web.ts";
import type { FramePredictor } from "./frame-predictor.ts";
import type { ClipFutures, FrameEyes, FramesRequest, SeenClip } from "./frames-messages.ts";
import { packError, type Reply, transferables } from "./messages.ts";

const turns = new SerialQueue();
let predictor: FramePredictor;

const tell = (reply: Reply): void => postMessage(reply, { transfer: transferables(reply) });

async function open({ run, runtime: asked }: Extract<FramesRequest, { type: "open" }>): Promise<FrameEyes> {
  // All families are awaited where it is loaded, and they need what stands in this file: it has to be there before.
  const { FramePredictor } = await import("./frame-predictor.ts");
  const runtime = await webRuntime(asked);
  predictor = await FramePredictor.open(run, runtime);
  const { name, threads, notes } = runtime;
  return { name, threads, notes, shape: predictor.shape };
}

function answer(request: FramesRequest): Promise<FrameEyes | SeenClip | Float64Array | ClipFutures> {
  switch (request.type) {
    case "open":
      return open(request);
    case "read":
      return predictor.read(request.files);
    case "surprise":
      return predictor.surprise();
    case "predict":
      return predictor.predict(request.wanted);
  }
}

addEventListener("message", ({ data: request }: MessageEvent<FramesRequest>) => {
  const { id } = request;
  turns.take(async () => {
    try {
      tell({ type: "result", id, result: await answer(request) });
    } catch (error) {
      tell({ type: "error", id, error: packError(error) });
    }
  });
});
