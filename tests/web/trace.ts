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
  const timesOf = (thread: RegExp) => {
    const threads = new Set(
      traceEvents.filter(({ name, args }) => name === "thread_name" && thread.test(args.name ?? "")).map(key),
    );
    const times = traceEvents.flatMap((event) => (threads.has(key(event)) ? (event.tdur ?? []) : []));
    if (times.length === 0) throw new Error(`the trace holds no task of ${thread}`);
    return times.map((microseconds) => microseconds / 1000);
  };
  return {
    result,
    time: {
      longestOfPage: Math.max(...timesOf(/^CrRendererMain$/)),
      workers: timesOf(/^DedicatedWorker thread$/).reduce((sum, each) => sum + each, 0),
    },
  };
}

const key = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
