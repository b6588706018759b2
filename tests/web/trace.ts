import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** The time that the task itself took on its core, in microseconds. */
  readonly tdur?: number;
}

/**
 * The longest task of the page's main thread while something runs, in milliseconds of processor time. Wall-clock time
 * (as PerformanceObserver tells it) would count the moments in which a busy machine gave the core to other programs.
 */
export async function longestMainThreadTask<Result>(
  browser: Browser,
  page: Page,
  body: () => Promise<Result>,
): Promise<{ result: Result; milliseconds: number }> {
  await browser.startTracing(page, { categories: ["toplevel"] });
  const result = await body();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const key = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
  const mains = new Set(
    traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(key),
  );
  const tasks = traceEvents.filter((event) => event.tdur !== undefined && mains.has(key(event)));
  if (tasks.length === 0) throw new Error("the trace holds no task of the page");
  return { result, milliseconds: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000 };
}
