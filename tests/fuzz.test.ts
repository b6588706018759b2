import { afterAll, describe, expect, test } from "vitest";
import { inputOf } from "../scripts/fuzz/mutate.mjs";
import { parsersOf } from "../scripts/fuzz/parsers.mjs";
import { verdictOf } from "../scripts/fuzz/verdict.mjs";
import { VrnnError } from "../src/errors.ts";
import "./slow.ts";

/** `npm run fuzz -- --inputs 500000` gives many more. */
const INPUTS = 300;
const SEED = Number(process.env.VRNN_SEED ?? 1);

const { parsers, close } = await parsersOf((path: string) => import(/* @vite-ignore */ `../src/${path}.ts`));
afterAll(close);

describe("changed files are read or refused by an error of ours in one short line", () => {
  test.each(Object.entries(parsers))("%s", async (_, parser) => {
    for (const sample of parser.samples) expect(await verdictOf(parser, sample, VrnnError)).toBe("read");
    const verdicts: string[] = [];
    for (let number = 0; number < INPUTS; number++) {
      const verdict = await verdictOf(parser, inputOf(parser, SEED, number), VrnnError);
      const isSound = verdict === "read" || verdict === "refused";
      verdicts.push(isSound ? verdict : `input ${number} of seed ${SEED} ${verdict}`);
    }
    expect(verdicts.filter((verdict) => verdict !== "read" && verdict !== "refused")).toEqual([]);
    expect(verdicts).toContain("refused");
  });
});

test("the checks find what they look for", async () => {
  const verdict = (parse: (bytes: Uint8Array) => void) => verdictOf({ parse }, Uint8Array.of(1), VrnnError);
  const throwing = (error: Error) => () => {
    throw error;
  };
  expect(await verdict(() => undefined)).toBe("read");
  expect(await verdict(throwing(new VrnnError("a/b", "no")))).toBe("refused");
  expect(await verdict(throwing(new TypeError("x is undefined")))).toBe("throws TypeError: x is undefined");
  const kept: Uint8Array[] = [];
  expect(await verdict(() => void kept.push(new Uint8Array(300_000_000).fill(1)))).toMatch(/^takes \d+ MB$/);
});
