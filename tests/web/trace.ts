import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** The time that the task itself took on its core, in microseconds. */
  readonly tdur?: number;
}

/** Processor time of the threads that run a page's scripts, in milliseconds. */
export interface ProcessorTime {
  /** The longest task of the page's main thread, during which nothing else of the page moves. */
  readonly longestOfPage: number;
  /** All tasks of its workers. */
  readonly workers: number;
}

/**
 * What a page and its workers take of the processor while something runs. Wall-clock time (as PerformanceObserver tells
 * it) would count the moments in which a busy machine gave the core to other programs.
 */
export async function traceProcessorTime<Result>(
  browser: Browser,
  page: Page,
  body: () => Promise<Result>,
): Promise<{ result: Result; time: ProcessorTime }> {
  await browser.startTracing(page, { categories: ["toplevel"] });
  const result = await body();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const threadsOf = (thread: RegExp) =>
    traceEvents.filter(({ name, args }) => name === "thread_name" && thread.test(args.name ?? ""));
  const timesOf = (threads: readonly TraceEvent[]) => {
    const keys = new Set(threads.map(key));
    const times = traceEvents.flatMap((event) => (keys.has(key(event)) ? (event.tdur ?? []) : []));
    if (times.length === 0) throw new Error("the trace holds no task of the page or none of its workers");
    return times.map((microseconds) => microseconds / 1000);
  };
  const workers = threadsOf(/^DedicatedWorker thread$/);
  // A page's workers live in its process; the browser may get other ones ready for pages to come meanwhile.
  const own = new Set(workers.map(({ pid }) => pid));
  const mains = threadsOf(/^CrRendererMain$/).filter(({ pid }) => own.has(pid));
  return {
    result,
    time: {
      longestOfPage: Math.max(...timesOf(mains)),
      workers: timesOf(workers).reduce((sum, each) => sum + each, 0),
    },
  };
}

const key = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
