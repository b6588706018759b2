import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSync } from "recheck";
import { parseAst } from "rolldown/parseAst";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");

/** Those that may take longer, with what keeps their input short. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "runtime/ort-errors.ts": "messages of ONNX Runtime are cut at 10,000 characters",
};

interface Found {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

/** The regular expressions written in a program. */
function expressionsIn(node: unknown): Omit<Found, "file">[] {
  if (typeof node !== "object" || node === null) return [];
  const own = "regex" in node ? [node.regex as Omit<Found, "file">] : [];
  return [...own, ...Object.values(node).flatMap(expressionsIn)];
}

const found = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => {
    const program = parseAst(readFileSync(join(src, file), "utf8"), { lang: "ts" });
    return expressionsIn(program).map((expression): Found => ({ file, ...expression }));
  });

const verdict = (pattern: string, flags: string) => checkSync(pattern, flags, { timeout: 20_000 });

test("the check tells linear from quadratic and exponential", { timeout: 60_000 }, () => {
  expect(verdict("^\\d+(?:\\.\\d*)?$", "").status).toBe("safe");
  expect(verdict("^(?:\\d+\\.?\\d*)x$", "")).toMatchObject({ complexity: { type: "polynomial" } });
  expect(verdict("^(?:a|aa)+$", "")).toMatchObject({ complexity: { type: "exponential" } });
});

test("no regular expression takes longer than its input is long", { timeout: 120_000 }, () => {
  expect(found.length).toBeGreaterThan(50);
  const slow = found
    .filter(({ file }) => !Object.hasOwn(EXCEPTIONS, file))
    .filter(({ pattern, flags }) => verdict(pattern, flags).status !== "safe")
    .map(({ file, pattern }) => `${file}: ${pattern}`);
  expect(slow).toEqual([]);
});
