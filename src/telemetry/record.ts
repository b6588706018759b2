import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { VrnnError } from "../errors.ts";
import { writeFileAtomic } from "../run/atomic.ts";
import { type Children, createChildren } from "./children.ts";
import { type Column, telemetryColumns } from "./columns.ts";
import { type IncidentContext, incidentKinds, type PlannedIncident, planIncidents } from "./incidents.ts";
import { type ClientReport, probe, type ServerReport, send } from "./messages.ts";
import { readProc } from "./proc.ts";
import { sampleRows } from "./sampler.ts";

/** What to record. */
export type RecordOptions = {
  /** The folder for the files. */
  out: string;
  /** `<name>.csv` and `<name>.incidents.json` are written; with a name that ends in `.csv.gz` the table is compressed. */
  name: string;
  seconds: number;
  /** How many incidents are injected; 0 keeps the recording clean. */
  incidents: number;
  /** Names out of `incidentKinds`; all of them where left out. */
  kinds?: readonly string[];
  seed: number;
  onProgress?: (progress: { time: number; incident?: string }) => void;
  signal?: AbortSignal;
};

/** An incident that was injected: seconds of its recording. */
export type Incident = { kind: string; start: number; end: number };

/** What was recorded: paths, rows, and the incidents. */
export type Recording = { table: string; labels: string; rows: number; incidents: Incident[] };

/**
 * Records this machine (Linux) under the project's own server and load, with incidents injected at random times.
 * Files are written at the end only; processes and the scratch folder are gone afterwards, also after an error.
 *
 * @throws VrnnError `telemetry/platform`, `telemetry/plan`, `telemetry/kind`, `telemetry/child`, `file/write`, or the
 * signal's reason.
 *
 * @example
 * const { rows } = await record({ out: "my-machine", name: "monday.csv.gz", seconds: 240, incidents: 6, seed: 1 });
 * rows; // 1200
 */
export async function record(options: RecordOptions): Promise<Recording> {
  checkPlatform();
  const plan = planIncidents({ ...options, count: options.incidents });
  const stop = new AbortController();
  const abort = () => stop.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener("abort", abort);
  const folder = mkdtempSync(join(tmpdir(), "vrnn-record-"));
  const children = createChildren((error) => stop.abort(error));
  try {
    const { columns, rows, incidents } = await measure(options, plan, folder, children, stop.signal);
    return writeRecording(options, columns, rows, incidents);
  } finally {
    options.signal?.removeEventListener("abort", abort);
    await children.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkPlatform(): void {
  if (existsSync("/proc/stat") && existsSync("/proc/diskstats")) return;
  throw new VrnnError("telemetry/platform", `this machine (${process.platform}) has no /proc to read`, {
    remedy: "record on Linux",
  });
}

/** What server and client get to warm up before the recording begins. */
const settleSeconds = 5;

async function measure(
  { seconds, seed, onProgress }: RecordOptions,
  plan: readonly PlannedIncident[],
  folder: string,
  children: Children,
  signal: AbortSignal,
): Promise<{ columns: Column[]; rows: string[]; incidents: Incident[] }> {
  const server = children.start("server", { rest: [folder, seed], essential: true });
  const port = await portOf(server, signal);
  const client = children.start("client", { rest: [port, seed], essential: true });
  const columns = telemetryColumns(readProc().cpus.length);
  const origin = performance.now() + settleSeconds * 1000;
  const injector = inject(plan, incidentContext(folder, port, server, children), origin);
  const onRow = (time: number) => onProgress?.({ time, ...injector.current() });
  try {
    const probes = { server: probe<ServerReport>(server), client: probe<ClientReport>(client) };
    const rows = await sampleRows({ columns, seconds, ...probes, origin, signal, onRow });
    return { columns, rows, incidents: injector.done };
  } finally {
    injector.end();
  }
}

/** The first message of the server tells its port. */
async function portOf(server: ChildProcess, signal: AbortSignal): Promise<number> {
  try {
    const [message] = (await once(server, "message", { signal })) as [{ port: number }];
    return message.port;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function incidentContext(
  folder: string,
  port: number,
  server: ChildProcess,
  children: Children,
): IncidentContext {
  return {
    folder,
    port,
    command: (command) => send(server, command),
    signal: (signal) => server.kill(signal),
    disturb: (disturbance, ...rest) => {
      const child = children.start("disturber", { rest: [disturbance, ...rest], essential: false });
      return () => child.kill("SIGKILL");
    },
  };
}

type Injector = { done: Incident[]; current: () => { incident?: string }; end: () => void };

/** Starts and stops the planned incidents at their times; `done` holds the times at which it truly happened. */
function inject(plan: readonly PlannedIncident[], context: IncidentContext, origin: number): Injector {
  const done: Incident[] = [];
  const timers: NodeJS.Timeout[] = [];
  let running: { kind: string; stop: () => void } | undefined;
  const now = () => Math.round((performance.now() - origin) / 100) / 10;
  const at = (seconds: number, action: () => void) =>
    timers.push(setTimeout(action, origin + seconds * 1000 - performance.now()));
  const end = () => {
    running?.stop();
    running = undefined;
  };
  for (const { kind, start, end: finish, strength } of plan) {
    at(start, () => {
      const begun = now();
      const stop = incidentKinds.find(({ name }) => name === kind)?.start(context, finish - start, strength);
      running = {
        kind,
        stop: () => {
          stop?.();
          done.push({ kind, start: begun, end: now() });
        },
      };
    });
    at(finish, end);
  }
  return {
    done,
    current: () => (running ? { incident: running.kind } : {}),
    end: () => {
      for (const timer of timers) clearTimeout(timer);
      end();
    },
  };
}

function writeRecording(
  options: RecordOptions,
  columns: Column[],
  rows: string[],
  incidents: Incident[],
): Recording {
  const { out, name } = options;
  const base = join(out, name.replace(/\.csv(\.gz)?$/, ""));
  const table = name.endsWith(".gz") ? `${base}.csv.gz` : `${base}.csv`;
  const labels = `${base}.incidents.json`;
  const text = `${[["time_s", ...columns.map((column) => column.name)].join(","), ...rows].join("\n")}\n`;
  writeFileAtomic(table, table.endsWith(".gz") ? gzipSync(text, { level: 9 }) : text);
  writeFileAtomic(labels, `${JSON.stringify(incidents, null, 1)}\n`);
  return { table, labels, rows: rows.length, incidents };
}
