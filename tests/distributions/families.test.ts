import { expect, test } from "vitest";
import { emissionOf } from "../../src/distributions/families.ts";

test("an unknown output distribution is an error that suggests the right one, whatever objects inherit", () => {
  expect(() => emissionOf([], ["mixtur"])).toThrow(
    /no output distribution is called mixtur.*did you mean mixture\?/,
  );
  expect(() => emissionOf([], ["constructor"])).toThrow(/no output distribution is called constructor/);
});
