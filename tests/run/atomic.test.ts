import { execFileSync, spawnSync } from "node:child_process";
import * as crypto from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import "../built.ts";
import { removeLeftovers, writeFileAtomic } from "../../src/run/atomic.ts";
import { RunFolder } from "../../src/run/folder.ts";
import { errorOf, scratchFolder } from "./scratch.ts";

vi.mock("node:crypto", async (original) => {
  const actual = await original<typeof crypto>();
  return { ...actual, randomBytes: vi.fn(actual.randomBytes) };
});

const scratch = scratchFolder();
const newFolder = () => mkdtempSync(join(scratch, "f-"));
const textOf = (path: string) => readFileSync(path, "utf8");
const script = fileURLToPath(new URL("fixtures/write.mjs", import.meta.url));
const MEGABYTE = 2 ** 20;

/** Runs the writer from a line of bash. */
function bash(line: string, cwd: string) {
  const write = `"${process.execPath}" "${script}"`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line.replaceAll("WRITE", write)], {
    cwd,
    encoding: "utf8",
    maxBuffer: 4 * MEGABYTE,
  });
  return { status, stdout, stderr };
}

describe("a file", () => {
  test("is replaced whole, and keeps its mode whatever the mask of the process", () => {
    const folder = newFolder();
    const path = join(folder, "a.csv");
    writeFileSync(path, "old");
    for (const mode of [0o600, 0o666, 0o755]) {
      chmodSync(path, mode);
      const { ino } = statSync(path);
      writeFileAtomic(path, `mode ${mode}`);
      expect([statSync(path).mode & 0o7777, textOf(path)]).toEqual([mode, `mode ${mode}`]);
      expect(statSync(path).ino).not.toBe(ino);
    }
    expect(readdirSync(folder)).toEqual(["a.csv"]);
  });

  test("that is read-only stays, though its folder would let it be replaced, for root too", () => {
    const folder = newFolder();
    const path = join(folder, "a.csv");
    writeFileSync(path, "kept", { mode: 0o444 });
    const error = errorOf(() => writeFileAtomic(path, "lost"));
    expect(error).toMatchObject({
      code: "file/read-only",
      at: path,
      remedy: expect.stringMatching(/chmod u\+w/),
    });
    expect([readdirSync(folder), textOf(path)]).toEqual([["a.csv"], "kept"]);
    symlinkSync("a.csv", join(folder, "link"));
    expect(errorOf(() => writeFileAtomic(join(folder, "link"), "lost"))).toMatchObject({
      code: "file/read-only",
    });
    chmodSync(path, 0o644);
    writeFileAtomic(path, "new");
    expect(textOf(path)).toBe("new");
  });

  test("below a file is refused, which stays", () => {
    const path = join(newFolder(), "a.csv");
    writeFileSync(path, "kept");
    for (const deeper of ["b.csv", "b/c.csv"])
      expect(errorOf(() => writeFileAtomic(join(path, deeper), ""))).toMatchObject({
        code: "file/write",
        at: path,
      });
    expect(textOf(path)).toBe("kept");
  });

  test("that is new gets the usual mode, its folders are made", () => {
    const path = join(newFolder(), "deep", "er", "a.csv");
    writeFileAtomic(path, Uint8Array.of(1, 2));
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
    expect([...readFileSync(path)]).toEqual([1, 2]);
  });

  test("that cannot be written whole stays as it was, and nothing is left beside it", () => {
    const folder = newFolder();
    writeFileSync(join(folder, "a.csv"), "old");
    const { status, stderr } = bash(`ulimit -f 64; WRITE a.csv ${MEGABYTE}`, folder);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^file\/write: a\.csv: cannot write: EFBIG/)]);
    expect([readdirSync(folder), textOf(join(folder, "a.csv"))]).toEqual([["a.csv"], "old"]);
  });
});

describe("a symbolic link stays", () => {
  test("and the file that it leads to, over several links and folders, is replaced", () => {
    const folder = newFolder();
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real", "data.csv"), "old", { mode: 0o640 });
    symlinkSync("real", join(folder, "linked"));
    symlinkSync("../second", join(folder, "real", "first"));
    symlinkSync("linked/data.csv", join(folder, "second"));
    writeFileAtomic(join(folder, "linked", "first"), "new");
    expect(textOf(join(folder, "real", "data.csv"))).toBe("new");
    expect(statSync(join(folder, "real", "data.csv")).mode & 0o777).toBe(0o640);
    expect(readlinkSync(join(folder, "real", "first"))).toBe("../second");
    expect(readlinkSync(join(folder, "second"))).toBe("linked/data.csv");
    expect(readdirSync(join(folder, "real")).sort()).toEqual(["data.csv", "first"]);
  });

  test("and makes its target where that is not there yet", () => {
    const folder = newFolder();
    symlinkSync("later/data.csv", join(folder, "link"));
    writeFileAtomic(join(folder, "link"), "new");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(textOf(join(folder, "later", "data.csv"))).toBe("new");
  });

  test("and is refused where links go round", () => {
    const folder = newFolder();
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    expect(errorOf(() => writeFileAtomic(join(folder, "a"), "x"))).toMatchObject({ code: "file/write" });
    expect(readdirSync(folder)).toEqual(["a", "b"]);
  });
});

describe.skipIf(!existsSync("/dev/null"))("what is no file is written to (skipped without /dev)", () => {
  test("a device, by its own name and over a link", () => {
    const folder = newFolder();
    symlinkSync("/dev/null", join(folder, "link"));
    const before = lstatSync("/dev/null");
    writeFileAtomic(join(folder, "link"), "x");
    expect(readlinkSync(join(folder, "link"))).toBe("/dev/null");
    const after = lstatSync("/dev/null");
    expect([after.isCharacterDevice(), after.ino]).toEqual([true, before.ino]);
    const own = join(folder, "nul");
    const made = spawnSync("mknod", [own, "c", "1", "3"]).status === 0; // where permitted
    if (made) writeFileAtomic(own, "x");
    expect(made ? lstatSync(own).isCharacterDevice() : !existsSync(own)).toBe(true);
  });

  test("a pipe with a name, however slow its reader", () => {
    const folder = newFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const { status, stdout } = bash(
      `(sleep 0.3; cat) < pipe & WRITE pipe ${MEGABYTE}; s=$?; wait; exit $s`,
      folder,
    );
    expect([status, stdout.length]).toEqual([0, MEGABYTE]);
    expect(lstatSync(join(folder, "pipe")).isFIFO()).toBe(true);
  });

  test("the pipe of another program: >(...)", () => {
    const folder = newFolder();
    const { status, stderr } = bash(
      `WRITE >(gzip > a.gz; touch done) ${MEGABYTE}; s=$?; until [ -e done ]; do sleep 0.02; done; exit $s`,
      folder,
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(execFileSync("gzip", ["-dc", join(folder, "a.gz")]).length).toBe(MEGABYTE);
  });

  test("standard output, be it a pipe, a socket or a file that is being appended to", () => {
    const folder = newFolder();
    expect(bash(`WRITE /dev/stdout ${MEGABYTE} | cat`, folder).stdout).toHaveLength(MEGABYTE);
    expect(bash("WRITE /dev/fd/1 8", folder).stdout).toBe("new\nnew\n"); // Node's pipes are sockets
    expect(bash("ln -s /dev/stdout out && WRITE out 8", folder).stdout).toBe("new\nnew\n");
    const appended = bash("echo old > log; exec >> log; WRITE /dev/stdout 4; WRITE /proc/$$/fd/1 4", folder);
    expect(appended).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(textOf(join(folder, "log"))).toBe("old\nnew\nnew\n");
  });

  test("a reader that has seen enough is no error, a device that is full is one", () => {
    const folder = newFolder();
    const { status, stdout, stderr } = bash(
      `set -o pipefail; WRITE /dev/stdout ${MEGABYTE} | head -1`,
      folder,
    );
    expect([status, stdout, stderr]).toEqual([0, "new\n", ""]);
    const full = errorOf(() => writeFileAtomic("/dev/full", "x"));
    expect(full).toMatchObject({ code: "file/write", message: expect.stringContaining("ENOSPC") });
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
  });
});

test.each(["", "/"])("a folder is refused, with what to do instead (name%s)", (end) => {
  const folder = newFolder();
  mkdirSync(join(folder, "out"));
  const error = errorOf(() => writeFileAtomic(join(folder, "out") + end, "x"));
  expect(error).toMatchObject({
    code: "file/folder",
    message: `${join(folder, "out")}${end}: cannot write a file where a folder is (name a file in it, such as ${join(folder, "out", "out.csv")})`,
  });
  expect(readdirSync(join(folder, "out"))).toEqual([]);
});

test("a link planted where the temporary file would be made is not followed", () => {
  const folder = newFolder();
  const guessed = Buffer.from("0123456789abcdef", "hex");
  writeFileSync(join(folder, "victim"), "mine");
  symlinkSync("victim", join(folder, `.vrnn-${process.pid}-${guessed.toString("hex")}.tmp`));
  vi.mocked(crypto.randomBytes).mockReturnValueOnce(guessed as never);
  const error = errorOf(() => writeFileAtomic(join(folder, "out.csv"), "x"));
  expect(error).toMatchObject({ code: "file/write", message: expect.stringContaining("EEXIST") });
  expect([textOf(join(folder, "victim")), existsSync(join(folder, "out.csv"))]).toEqual(["mine", false]);
  writeFileAtomic(join(folder, "out.csv"), "x");
  expect([textOf(join(folder, "victim")), textOf(join(folder, "out.csv"))]).toEqual(["mine", "x"]);
});

test("only what it left itself is removed", () => {
  const folder = newFolder();
  const deadPid = spawnSync(process.execPath, ["--version"]).pid;
  const left = [deadPid, process.pid].map((pid) => `.vrnn-${pid}-0123456789abcdef.tmp`);
  const kept = [
    `.vrnn-${process.ppid}-0123456789abcdef.tmp`,
    `.vrnn-${deadPid}-notes.tmp`,
    `notes.${deadPid}.tmp`,
    "notes.tmp",
  ].sort();
  for (const name of [...left, ...kept]) writeFileSync(join(folder, name), "");
  removeLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual(kept);
});

test("a run may stand behind a link to a folder", () => {
  const folder = newFolder();
  mkdirSync(join(folder, "elsewhere"));
  symlinkSync("elsewhere", join(folder, "run"));
  for (const replace of [false, true]) {
    const run = RunFolder.create(join(folder, "run"), { replace }, replace);
    run.append({ step: 1 });
    run.writeReport("<!doctype html>");
    run.unlock();
  }
  expect(readlinkSync(join(folder, "run"))).toBe("elsewhere");
  expect(readdirSync(join(folder, "elsewhere")).sort()).toEqual([
    "config.json",
    "metrics.jsonl",
    "report.html",
  ]);
  rmSync(join(folder, "elsewhere"), { recursive: true });
  const nowhere = errorOf(() => RunFolder.create(join(folder, "run"), {}));
  expect(nowhere).toMatchObject({ code: "file/write" });
});

test("where no folder can be made it fails, and does not try for ever", () => {
  if (!existsSync("/proc/self")) return; // other systems have no such place
  for (const path of ["/proc/nowhere/file", "/proc/no/where/at/all/file"])
    expect(() => writeFileAtomic(path, "text")).toThrow(expect.objectContaining({ code: "file/write" }));
});
