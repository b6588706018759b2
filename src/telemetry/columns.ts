import type { ClientReport, ServerReport } from "./messages.ts";
import type { CpuTicks, ProcSnapshot } from "./proc.ts";

/** All that one row is made of: two looks at the machine, and the reports that came in time. */
export type Moment = {
  now: ProcSnapshot;
  before: ProcSnapshot;
  /** Seconds between the two looks. */
  seconds: number;
  server?: ServerReport & { servedPerSecond: number };
  client?: ClientReport;
};

/** One measured column: values are recorded as whole multiples of `resolution`. */
export type Column = {
  name: string;
  unit: string;
  resolution: number;
  /** The value, or nothing where it could not be measured. */
  value: (moment: Moment) => number | undefined;
};

const ticksPerSecond = 100;

/** Nothing is claimed that the kernel did not count: one tick in 200 ms is 5 %. */
const cpuResolution = 5;

function cpuColumns(cpu: number): Column[] {
  const share =
    (state: keyof CpuTicks) =>
    ({ now, before, seconds }: Moment) => {
      const ticks = (now.cpus[cpu]?.[state] ?? 0) - (before.cpus[cpu]?.[state] ?? 0);
      return Math.min(100, Math.max(0, ((ticks / ticksPerSecond) * 100) / seconds));
    };
  return (["user", "system", "iowait"] as const).map((state) => ({
    name: `cpu${cpu}_${state}`,
    unit: "%",
    resolution: cpuResolution,
    value: share(state),
  }));
}

type Counter = "contextSwitches" | "diskReadKb" | "diskWrittenKb" | "loopbackKb";

const rate = (counter: Counter) => (moment: Moment) =>
  (moment.now[counter] - moment.before[counter]) / moment.seconds;

const machineColumns: Column[] = [
  { name: "load1", unit: "processes", resolution: 0.01, value: ({ now }) => now.load1 },
  { name: "memory_used", unit: "MB", resolution: 1, value: ({ now }) => now.memoryUsedKb / 1024 },
  { name: "context_switches", unit: "1/s", resolution: 20, value: rate("contextSwitches") },
  { name: "disk_write", unit: "KB/s", resolution: 20, value: rate("diskWrittenKb") },
  { name: "disk_read", unit: "KB/s", resolution: 20, value: rate("diskReadKb") },
  { name: "net_loopback", unit: "KB/s", resolution: 10, value: rate("loopbackKb") },
];

const serviceColumns: Column[] = [
  { name: "loop_delay", unit: "ms", resolution: 0.5, value: ({ server }) => server?.loopDelayMs },
  { name: "heap_used", unit: "MB", resolution: 0.5, value: ({ server }) => server?.heapUsedMb },
  { name: "requests", unit: "1/s", resolution: 5, value: ({ server }) => server?.servedPerSecond },
  { name: "latency_mean", unit: "ms", resolution: 0.1, value: ({ client }) => meanLatency(client) },
  { name: "latency_max", unit: "ms", resolution: 0.5, value: ({ client }) => maxLatency(client) },
  { name: "in_flight", unit: "requests", resolution: 1, value: ({ client }) => client?.inFlight },
];

const meanLatency = (client?: ClientReport) =>
  client?.completed ? client.latencySumMs / client.completed : undefined;
const maxLatency = (client?: ClientReport) => (client?.completed ? client.latencyMaxMs : undefined);

/**
 * The table of measured columns of a machine with that many CPUs, in the order of the CSV.
 *
 * @example
 * telemetryColumns(1).map((column) => `${column.name} [${column.resolution} ${column.unit}]`)[0]; // "cpu0_user [5 %]"
 */
export function telemetryColumns(cpus: number): Column[] {
  const perCpu = Array.from({ length: cpus }, (_, cpu) => cpuColumns(cpu)).flat();
  return [...perCpu, ...machineColumns, ...serviceColumns];
}

/**
 * A value as the nearest multiple of the column's resolution; a value that is missing is an empty cell.
 *
 * @example
 * formatCell(12.34, 0.5); // "12.5"
 */
export function formatCell(value: number | undefined, resolution: number): string {
  if (value === undefined || !Number.isFinite(value)) return "";
  const decimals = Math.max(0, -Math.floor(Math.log10(resolution)));
  return String(Number((Math.round(value / resolution) * resolution).toFixed(decimals)));
}
