import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { telemetryColumns } from "../../src/telemetry/columns.ts";
import { readProc } from "../../src/telemetry/proc.ts";
import { built } from "../built.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vrnn-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The compiled recorder as a user would start it; its scratch folder comes into `folder/`. */
function start(...options: string[]): ChildProcess {
  const rest = ["--out", join(folder, "out"), "--name", "short.csv.gz", ...options];
  return spawn(process.execPath, [built("telemetry/main.js"), ...rest], {
    env: { ...process.env, TMPDIR: folder },
  });
}

async function finish(recorder: ChildProcess): Promise<{ code: number | null; error: string }> {
  let error = "";
  recorder.stderr?.on("data", (part) => {
    error += part;
  });
  const [code] = (await once(recorder, "exit")) as [number | null];
  return { code, error };
}

const childrenOf = (pid = 0) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").filter(Boolean).map(Number);

/** The recorder's server and client, as soon as both are there. */
async function bothChildren(recorder: ChildProcess): Promise<number[]> {
  while (childrenOf(recorder.pid).length < 2) await sleep(50);
  return childrenOf(recorder.pid);
}

const alive = (pid: number) => existsSync(`/proc/${pid}`);

describe("a recording of this machine", () => {
  test("three seconds give fifteen rows, and nothing else stays behind", async () => {
    expect(await finish(start("--seconds", "3"))).toEqual({ code: 0, error: "" });
    expect(readdirSync(folder)).toEqual(["out"]);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["short.csv.gz", "short.incidents.json"]);
    expect(JSON.parse(readFileSync(join(folder, "out/short.incidents.json"), "utf8"))).toEqual([]);

    const text = gunzipSync(readFileSync(join(folder, "out/short.csv.gz"))).toString();
    const [header, ...rows] = text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    const columns = telemetryColumns(readProc().cpus.length);
    expect(header).toEqual(["time_s", ...columns.map(({ name }) => name)]);
    expect(rows.map(([time]) => Number(time))).toEqual(
      Array.from({ length: 15 }, (_, index) => (index + 1) / 5),
    );
    for (const row of rows) expect(row).toHaveLength(columns.length + 1);
    const requests = rows.map((row) => Number(row[header?.indexOf("requests") ?? 0]));
    expect(requests.reduce((sum, value) => sum + value, 0) / 5).toBeGreaterThan(30);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends it and its processes; no file is left",
    async (signal) => {
      const recorder = start("--seconds", "60");
      const children = await bothChildren(recorder);
      const finished = finish(recorder);
      recorder.kill(signal);
      expect(await finished).toEqual({ code: 1, error: `stopped by ${signal}\n` });
      expect(children.filter(alive)).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test("a server that dies ends it with an error that says so", async () => {
    const recorder = start("--seconds", "60");
    const finished = finish(recorder);
    const children = await bothChildren(recorder);
    process.kill(Math.min(...children), "SIGKILL");
    const { code, error } = await finished;
    expect(code).toBe(1);
    expect(error).toMatch(/^the server process ended by itself/);
    expect(children.filter(alive)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a plan that does not fit is refused before anything starts", async () => {
    const { code, error } = await finish(start("--seconds", "20", "--incidents", "2"));
    expect(code).toBe(1);
    expect(error).toMatch(/20 s are too short for 2 incidents/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
