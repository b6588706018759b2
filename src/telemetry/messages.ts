import type { ChildProcess } from "node:child_process";

/** What the server tells about itself; `served` counts from its start, the delay is since the report before. */
export type ServerReport = { served: number; loopDelayMs: number; heapUsedMb: number };

/** What the client saw since its report before; a request that timed out counts with the time-out as latency. */
export type ClientReport = {
  completed: number;
  latencySumMs: number;
  latencyMaxMs: number;
  inFlight: number;
};

/** What a server can be told over IPC. */
export type ServerCommand =
  | { type: "leak"; megabytesPerSecond: number; limitMegabytes: number }
  | { type: "release" }
  | { type: "block"; shortestMs: number; longestMs: number; pauseMs: number }
  | { type: "unblock" };

/** A question for a report and its answer, paired by `id`. */
export type ReportRequest = { type: "report"; id: number };
export type ReportAnswer<Report> = { type: "report"; id: number; report: Report };

/** Asks a child for reports without ever waiting for it. */
export type Probe<Report> = {
  ask: () => void;
  /** All reports since the last call, oldest first; `fresh` says whether the last question was answered. */
  take: () => { reports: Report[]; fresh: boolean };
};

/** A probe of a child that answers `ReportRequest` with `ReportAnswer<Report>`. */
export function probe<Report>(child: ChildProcess): Probe<Report> {
  let asked = 0;
  let answered = 0;
  let reports: Report[] = [];
  child.on("message", (message: ReportAnswer<Report>) => {
    if (message.type !== "report") return;
    answered = message.id;
    reports.push(message.report);
  });
  return {
    ask: () => send(child, { type: "report", id: ++asked }),
    take: () => {
      const taken = reports;
      reports = [];
      return { reports: taken, fresh: answered === asked && taken.length > 0 };
    },
  };
}

/** Sends to a child that may be gone already: its exit is noticed elsewhere. */
export function send(child: ChildProcess, message: ServerCommand | ReportRequest): void {
  if (child.connected) child.send(message, () => {});
}

/** In a child: answers every request for a report, and leaves when the parent is gone; Ctrl-C is for the parent alone. */
export function answerReports<Report>(report: () => Report): void {
  process.on("message", (message: ReportRequest) => {
    if (message.type === "report") process.send?.({ type: "report", id: message.id, report: report() });
  });
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => {});
}
