import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCell, type Moment, telemetryColumns } from "../../src/telemetry/columns.ts";

const before = {
  cpus: [{ user: 100, system: 50, iowait: 7 }],
  contextSwitches: 1000,
  load1: 0,
  memoryUsedKb: 0,
  diskReadKb: 10,
  diskWrittenKb: 20,
  loopbackKb: 30,
};

const moment: Moment = {
  before,
  now: {
    cpus: [{ user: 108, system: 52, iowait: 7 }],
    contextSwitches: 1200,
    load1: 0.42,
    memoryUsedKb: 512 * 1024,
    diskReadKb: 110,
    diskWrittenKb: 420,
    loopbackKb: 90,
  },
  seconds: 0.2,
  server: { served: 70, servedPerSecond: 65, loopDelayMs: 12.3, heapUsedMb: 20.26 },
  client: { completed: 4, latencySumMs: 10, latencyMaxMs: 6.2, inFlight: 3 },
};

const rowOf = (given: Moment) =>
  Object.fromEntries(
    telemetryColumns(1).map(({ name, resolution, value }) => [name, formatCell(value(given), resolution)]),
  );

describe("the table of columns", () => {
  test("rates and shares are over the interval", () => {
    expect(rowOf(moment)).toEqual({
      cpu0_user: "40",
      cpu0_system: "10",
      cpu0_iowait: "0",
      load1: "0.42",
      memory_used: "512",
      context_switches: "1000",
      disk_write: "2000",
      disk_read: "500",
      net_loopback: "300",
      loop_delay: "12.5",
      heap_used: "20.5",
      requests: "65",
      latency_mean: "2.5",
      latency_max: "6",
      in_flight: "3",
    });
  });

  test("what server and client did not answer is empty, the rest is there", () => {
    const { server: _server, client: _client, ...silent } = moment;
    const empty = Object.entries(rowOf(silent)).filter(([, cell]) => cell === "");
    expect(empty.map(([name]) => name)).toEqual([
      "loop_delay",
      "heap_used",
      "requests",
      "latency_mean",
      "latency_max",
      "in_flight",
    ]);
  });

  test("without a completed request there is no latency", () => {
    const idle = { ...moment, client: { completed: 0, latencySumMs: 0, latencyMaxMs: 0, inFlight: 2 } };
    expect(rowOf(idle)).toMatchObject({ latency_mean: "", latency_max: "", in_flight: "2" });
  });

  test("names are unique and every resolution is positive", () => {
    const columns = telemetryColumns(4);
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    expect(columns).toHaveLength(4 * 3 + 12);
    for (const { resolution } of columns) expect(resolution).toBeGreaterThan(0);
  });
});

describe("a cell", () => {
  test("is a whole multiple of the resolution, at most half of it away", () => {
    const resolutions = fc.constantFrom(...new Set(telemetryColumns(1).map(({ resolution }) => resolution)));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), resolutions, (value, resolution) => {
        const cell = Number(formatCell(value, resolution));
        expect(Math.abs(cell - value)).toBeLessThanOrEqual(resolution / 2 + 1e-6);
        expect(Math.abs(cell / resolution - Math.round(cell / resolution))).toBeLessThan(1e-6);
      }),
    );
  });

  test("has no tail of digits from binary fractions", () => {
    expect(formatCell(0.3, 0.1)).toBe("0.3");
    expect(formatCell(47.999, 0.2)).toBe("48");
    expect(formatCell(1.234, 0.01)).toBe("1.23");
  });

  test("is empty where nothing was measured", () => {
    expect(formatCell(undefined, 1)).toBe("");
    expect(formatCell(Number.NaN, 1)).toBe("");
  });
});
