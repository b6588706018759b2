/** What ends work after some time. */
export interface Deadline {
  /** Aborts when the time is over, or when the work is asked to stop before. */
  readonly signal: AbortSignal;
  /** Ends the work before. */
  end(): void;
  /** Is called when the work has ended. */
  release(): void;
}

/**
 * Ends work after some seconds. (`AbortSignal.any` would say the same in a line, but the signals of timeouts that it joins are
 * lost to the garbage collector of Node 20, and never abort.)
 *
 * @param seconds endless unless told
 * @param stop asks the work to stop
 * @example
 * const deadline = deadlineAfter(20, signal);
 * for await (const event of trainer.fit(deadline.signal)) show(event);
 * deadline.release();
 */
export function deadlineAfter(seconds: number | undefined, stop?: AbortSignal): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const over = () => controller.abort(new DOMException("the time is over", "TimeoutError"));
  const timer = seconds === undefined ? undefined : setTimeout(over, 1000 * seconds);
  stop?.addEventListener("abort", abort);
  if (stop?.aborted) abort();
  return {
    signal: controller.signal,
    end: abort,
    release: () => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", abort);
    },
  };
}
