import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { didYouMean, editDistance, nearest } from "../../src/words/nearest.ts";

describe("nearest", () => {
  test("suggests the word with one slip", () => {
    const options = ["epochs", "hidden", "latent", "seed"];
    expect(nearest("epoch", options)).toBe("epochs");
    expect(nearest("Hiden", options)).toBe("hidden");
    expect(nearest("lantet", options)).toBe("latent");
  });

  test("suggests nothing for a word that is far from all", () => {
    expect(nearest("zebra", ["epochs", "hidden"])).toBeUndefined();
    expect(nearest("", ["a"])).toBeUndefined();
    expect(nearest("a", [])).toBeUndefined();
  });
});

describe("didYouMean", () => {
  const known = ["epochs", "hidden"];

  test("names the nearest, or all where none is near", () => {
    expect(didYouMean("hiden", known)).toBe('did you mean "hidden"?');
    expect(didYouMean("zebra", known)).toBe("there are epochs, hidden");
  });

  test("in the words of who asks", () => {
    expect(didYouMean("hiden", known, { shown: (name) => `--${name}` })).toBe("did you mean --hidden?");
    expect(didYouMean("zebra", known, { otherwise: "check the path" })).toBe("check the path");
  });
});

/** The definition, without a table. */
function recursiveDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const replaced = recursiveDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
  return Math.min(replaced, recursiveDistance(a.slice(1), b) + 1, recursiveDistance(a, b.slice(1)) + 1);
}

test("the edit distance agrees with its recursive definition", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  fc.assert(fc.property(word, word, (a, b) => editDistance(a, b) === recursiveDistance(a, b)));
});
