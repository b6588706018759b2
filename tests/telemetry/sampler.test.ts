import { describe, expect, test } from "vitest";
import type { Column } from "../../src/telemetry/columns.ts";
import type { ClientReport, Probe, ServerReport } from "../../src/telemetry/messages.ts";
import { sampleRows } from "../../src/telemetry/sampler.ts";
import "../slow.ts";

const columns: Column[] = [
  { name: "seconds", unit: "s", resolution: 0.05, value: ({ seconds }) => seconds },
  { name: "served", unit: "1/s", resolution: 1, value: ({ server }) => server?.servedPerSecond },
  { name: "delay", unit: "ms", resolution: 1, value: ({ server }) => server?.loopDelayMs },
  { name: "completed", unit: "1", resolution: 1, value: ({ client }) => client?.completed },
];

/** Answers question n with the n-th item: a list of reports that have come by then, where an empty list is a silence. */
function scripted<Report>(script: readonly Report[][]): Probe<Report> {
  let asked = 0;
  return {
    ask: () => {
      asked++;
    },
    take: () => {
      const reports = script[asked - 1] ?? [];
      return { reports: [...reports], fresh: reports.length > 0 };
    },
  };
}

const server = (served: number, loopDelayMs: number): ServerReport => ({
  served,
  loopDelayMs,
  heapUsedMb: 1,
});
const client = (completed: number): ClientReport => ({
  completed,
  latencySumMs: 0,
  latencyMaxMs: 0,
  inFlight: 0,
});

const sample = (serverProbe: Probe<ServerReport>, clientProbe: Probe<ClientReport>, seconds: number) =>
  sampleRows({
    columns,
    seconds,
    server: serverProbe,
    client: clientProbe,
    origin: performance.now(),
    signal: new AbortController().signal,
  });

/** The time that the rows stand for, by their own column. */
const secondsOf = (rows: readonly string[]) => rows.reduce((sum, row) => sum + Number(row.split(",")[1]), 0);

describe("the sampler", () => {
  test("five rows a second, and silence is an empty cell", async () => {
    const rows = await sample(scripted<ServerReport>([]), scripted<ClientReport>([]), 1);
    expect(secondsOf(rows)).toBeGreaterThan(0.85); // five times 0.2, each recorded to 0.05
    expect(rows.map((row) => row.split(",")[0])).toEqual(["0.2", "0.4", "0.6", "0.8", "1"]);
    for (const row of rows) expect(row).toMatch(/^[\d.]+,[\d.]*,,,$/);
  });

  test("a late report is kept for the next row: its delay, and the requests since the last answer", async () => {
    // The first question of each script is the one whose answer is dropped: it sets the start of the count.
    const rows = await sample(
      scripted([[server(100, 900)], [server(110, 5)], [], [server(110, 350), server(130, 2)]]),
      scripted([[client(50)], [client(1)], [], [client(2), client(3)]]),
      0.6,
    );
    const cells = rows.map((row) => row.split(",").slice(2));
    expect(cells[0]?.slice(1)).toEqual(["5", "1"]);
    expect(Number(cells[0]?.[0])).toBeGreaterThan(30);
    expect(cells[1]).toEqual(["", "", ""]);
    expect(cells[2]?.slice(1)).toEqual(["350", "5"]);
    // 20 requests in the time of two rows, however long a busy machine made them: rate · time is within their grids.
    expect(Math.abs(Number(cells[2]?.[0]) * secondsOf(rows.slice(1)) - 20)).toBeLessThan(4);
  });

  const silent = { server: scripted<ServerReport>([]), client: scripted<ClientReport>([]) };

  test("stops before the beginning, with the reason, when it is told to", async () => {
    const anHourAway = performance.now() + 3_600_000; // one that slept until then would not end within this test
    const signal = AbortSignal.timeout(100);
    const rows = sampleRows({ columns, seconds: 60, ...silent, origin: anHourAway, signal });
    await expect(rows).rejects.toThrow(/timeout/);
  });

  test("stops in the middle without another row", async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const onRow = (time: number) => {
      told.push(time);
      if (told.length === 2) stop.abort(new Error("enough"));
    };
    const options = { columns, seconds: 3600, ...silent, origin: performance.now(), onRow };
    await expect(sampleRows({ ...options, signal: stop.signal })).rejects.toThrow("enough");
    expect(told).toEqual([0.2, 0.4]);
  });

  test("when the sampler itself is held up, the rows that it missed are empty and time goes on", async () => {
    const late = setTimeout(() => {
      const end = performance.now() + 700;
      while (performance.now() < end);
    }, 150);
    const rows = await sample(scripted<ServerReport>([]), scripted<ClientReport>([]), 2);
    clearTimeout(late);
    expect(rows.map((row) => Number(row.split(",")[0]))).toEqual([
      0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2,
    ]);
    const missed = rows.map((row) => row.endsWith(",,,,"));
    expect(missed.filter(Boolean).length).toBeGreaterThanOrEqual(3);
    // A busy machine may be late for any one row, so that it is not said which of those after the hold-up is taken.
    const after = rows.slice(missed.indexOf(true)).find((row) => !row.endsWith(",,,,"));
    expect(after).toMatch(/^[\d.]+,[\d.]+,,,$/);
  });
});
