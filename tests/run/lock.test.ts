import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acquireLock, isLock, releaseLock } from "../../src/run/lock.ts";
import { processExists, processStart } from "../../src/run/process.ts";
import { errorOf, scratchFolder } from "./scratch.ts";

const folder = scratchFolder();
let count = 0;
const newPath = () => join(folder, `${count++}.lock`);
const host = hostname();

/** The number of a process that has ended. */
const deadPid = spawnSync(process.execPath, ["--version"]).pid;

test("a lock is taken once, given back, and taken again", () => {
  const path = newPath();
  acquireLock(path);
  expect(errorOf(() => acquireLock(path))).toMatchObject({
    code: "run/locked",
    message: expect.stringContaining(`process ${process.pid} (this one) is training in this folder`),
  });
  releaseLock(path);
  expect(existsSync(path)).toBe(false);
  acquireLock(path);
  releaseLock(path);
});

test("what is no file is no lock, and is refused at once", () => {
  const path = newPath();
  symlinkSync(join(folder, "nowhere"), path);
  expect(errorOf(() => acquireLock(path))).toMatchObject({ code: "file/write", at: path });
});

test("a lock is known by its file, whatever stands in it", () => {
  const path = newPath();
  const identity = acquireLock(path);
  expect(isLock(path, identity)).toBe(true);
  const content = readFileSync(path);
  renameSync(path, `${path}.away`);
  expect(isLock(path, identity)).toBe(false);
  writeFileSync(path, content);
  expect(isLock(path, identity)).toBe(false);
});

test("the lock of a running process is respected, and taken over once it was killed", async () => {
  const path = newPath();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const pid = child.pid!;
  writeFileSync(path, JSON.stringify({ pid, start: processStart(pid), host }));
  const error = errorOf(() => acquireLock(path));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(error).toMatchObject({
    code: "run/locked",
    at: folder,
    message: expect.stringContaining(`process ${pid} is training`),
  });
  acquireLock(path);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
});

test.each([
  ["of a dead process", JSON.stringify({ pid: deadPid, start: "1", host })],
  ["of a process whose number another has now", JSON.stringify({ pid: process.pid, start: "before", host })],
  ["that was never filled", ""],
  ["that is no lock of ours", "\0\0\0"],
  ["that names every process of the group", JSON.stringify({ pid: 0, start: "", host })],
])("a lock %s is taken over", (_, content) => {
  const path = newPath();
  writeFileSync(path, content);
  acquireLock(path);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid, host });
});

test("the lock of another machine stays, and the error says how to remove it", () => {
  const path = newPath();
  writeFileSync(path, JSON.stringify({ pid: deadPid, start: "1", host: "some\nother-host" }));
  expect(errorOf(() => acquireLock(path))).toMatchObject({
    code: "run/locked",
    message: `${folder}: process ${deadPid} on host "some\\nother-host" is training in this folder (if it no longer runs, delete ${path})`,
  });
});

test("giving back a lock that another has taken over leaves it", () => {
  const path = newPath();
  const other = JSON.stringify({ pid: deadPid, start: "1", host });
  writeFileSync(path, other);
  releaseLock(path);
  expect(readFileSync(path, "utf8")).toBe(other);
});

test("a process exists while it runs, with one start", () => {
  expect(processExists(process.pid)).toBe(true);
  expect(processStart(process.pid)).toBe(processStart(process.pid));
  expect(processExists(deadPid)).toBe(false);
  expect(processStart(deadPid)).toBeUndefined();
});

test.skipIf(process.platform !== "linux")(
  "an ended process that nobody reaped has no start (seen on Linux alone)",
  async () => {
    const child = spawn("sh", ["-c", "sleep 0.05 & echo $!; exec sleep 5"]); // sleep reaps no children
    const [pid] = await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([processExists(Number(pid)), processStart(Number(pid))]).toEqual([true, undefined]);
    child.kill("SIGKILL");
  },
);
