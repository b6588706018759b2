import { setTimeout as sleep } from "node:timers/promises";
import { type Column, formatCell, type Moment } from "./columns.ts";
import type { ClientReport, Probe, ServerReport } from "./messages.ts";
import { type ProcSnapshot, readProc } from "./proc.ts";

/** Rows per second. */
const samplesPerSecond = 5;

const intervalMs = 1000 / samplesPerSecond;

/** How long a row waits for the answers of server and client; what is not there by then is missing. */
const answerMs = 80;

/** What the sampler works with. */
export type SamplerOptions = {
  columns: readonly Column[];
  seconds: number;
  server: Probe<ServerReport>;
  client: Probe<ClientReport>;
  /** Milliseconds of `performance.now()` at which the recording begins. */
  origin: number;
  signal: AbortSignal;
  onRow?: (time: number) => void;
};

/**
 * Samples until `seconds` are over: row k stands for the interval that ends k/5 seconds after the origin, however long
 * single looks take. An interval that could not be looked at in time is a row of empty cells.
 *
 * The first row begins at the origin: what server and client did before it is asked for and dropped.
 *
 * @returns lines of CSV without the header, `time_s` first.
 * @throws the signal's reason when it is aborted.
 */
export async function sampleRows(options: SamplerOptions): Promise<string[]> {
  const { columns, seconds, origin, signal, onRow } = options;
  const moments = momentReader(options);
  const count = Math.round(seconds * samplesPerSecond);
  const rows: string[] = [];
  await sleepUntil(origin, signal);
  await moments();
  for (let index = 1; index <= count; index++) {
    const due = origin + index * intervalMs;
    await sleepUntil(due, signal);
    const late = performance.now() - due > intervalMs / 2;
    rows.push(rowOf(index, columns, late ? undefined : await moments()));
    onRow?.(index / samplesPerSecond);
  }
  return rows;
}

function rowOf(index: number, columns: readonly Column[], moment?: Moment): string {
  const cells = columns.map(({ value, resolution }) => (moment ? formatCell(value(moment), resolution) : ""));
  return [formatCell(index / samplesPerSecond, 0.1), ...cells].join(",");
}

/** @throws the signal's reason as soon as it is aborted. */
async function sleepUntil(time: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, time - performance.now()), undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}

type Look = { at: number; proc: ProcSnapshot };

const look = (): Look => ({ at: performance.now(), proc: readProc() });

function momentReader({ server, client, signal }: SamplerOptions): () => Promise<Moment> {
  const readServer = serverReader(server);
  const readClient = clientReader(client);
  let before = look();
  return async () => {
    const now = look();
    server.ask();
    client.ask();
    await sleepUntil(now.at + answerMs, signal);
    const seconds = (now.at - before.at) / 1000;
    const moment = { now: now.proc, before: before.proc, seconds, ...readServer(now.at), ...readClient() };
    before = now;
    return moment;
  };
}

/** A report that comes too late for its row is not lost: its delay and its requests count in the next row that has one. */
function serverReader(server: Probe<ServerReport>): (now: number) => Pick<Moment, "server"> {
  let before: { at: number; served: number } | undefined;
  let loopDelayMs = 0;
  return (at) => {
    const { reports, fresh } = server.take();
    for (const report of reports) loopDelayMs = Math.max(loopDelayMs, report.loopDelayMs);
    const last = reports.at(-1);
    if (!fresh || !last) return {};
    const servedPerSecond = before ? ((last.served - before.served) * 1000) / (at - before.at) : Number.NaN;
    const result = { server: { ...last, loopDelayMs, servedPerSecond } };
    before = { at, served: last.served };
    loopDelayMs = 0;
    return result;
  };
}

function clientReader(client: Probe<ClientReport>): () => Pick<Moment, "client"> {
  let waiting: ClientReport[] = [];
  return () => {
    const { reports, fresh } = client.take();
    waiting.push(...reports);
    if (!fresh) return {};
    const result = { client: waiting.reduce(mergeReports) };
    waiting = [];
    return result;
  };
}

function mergeReports(first: ClientReport, second: ClientReport): ClientReport {
  return {
    completed: first.completed + second.completed,
    latencySumMs: first.latencySumMs + second.latencySumMs,
    latencyMaxMs: Math.max(first.latencyMaxMs, second.latencyMaxMs),
    inFlight: second.inFlight,
  };
}
