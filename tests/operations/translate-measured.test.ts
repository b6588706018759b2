import { expect, test } from "vitest";
import { rewritten } from "../../src/operations/translate-measured.ts";

const pair = (target: string) => ({ source: "", target });

test("answers that are not as somebody wrote them are told of, others are not", () => {
  expect(rewritten({ unit: "subwords", tokens: [] }, [pair("Ein Hund.")])).toEqual([]);
  expect(rewritten({ unit: "characters", tokens: [] }, [pair("a\ufffd"), pair("b")])).toEqual([
    expect.stringMatching(/1 line with tokens that training had not.*--references/),
  ]);
  expect(rewritten({ unit: "words", tokens: [], lowercase: true }, [pair("ein hund .")])).toEqual([
    expect.stringMatching(/words with blanks between them, in small letters/),
  ]);
});
