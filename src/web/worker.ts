/** The worker in which a page's models train and compute: one task after the other. */
import { SerialQueue } from "../runtime/serial-queue.ts";
import { type WebRuntime, webRuntime } from "../runtime/web.ts";
import { packError, type Reply, type Request, transferables } from "./messages.ts";
import { runTask, type TaskContext } from "./tasks.ts";

let runtime: Promise<WebRuntime> | undefined;
const turns = new SerialQueue();
const running = new Map<number, AbortController>();

const tell = (reply: Reply): void => postMessage(reply, { transfer: transferables(reply) });

/** What a request asks for; `abort` has no reply of its own. */
async function answer(request: Exclude<Request, { type: "abort" }>) {
  const { id } = request;
  if (request.type === "open") {
    runtime = webRuntime(request.options);
    const { name, threads, notes } = await runtime;
    return { name, threads, notes };
  }
  const { signal } = running.get(id) as AbortController;
  const context: TaskContext = {
    runtime: await (runtime as Promise<WebRuntime>),
    signal,
    emit: (event) => tell({ type: "event", id, event }),
  };
  return runTask(request.task, request.job, context);
}

async function reply(request: Exclude<Request, { type: "abort" }>): Promise<void> {
  const { id } = request;
  try {
    tell({ type: "result", id, result: await answer(request) });
  } catch (error) {
    tell({ type: "error", id, error: packError(error) });
  } finally {
    running.delete(id);
  }
}

addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.type === "abort") return running.get(request.id)?.abort();
  running.set(request.id, new AbortController());
  turns.take(() => reply(request));
});
