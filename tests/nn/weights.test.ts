import { expect, test } from "vitest";
import { VrnnError } from "../../src/errors.ts";
import { input } from "../../src/graph/index.ts";
import { Linear } from "../../src/nn/linear.ts";
import { weightsByName } from "../../src/nn/weights.ts";

const layer = new Linear("decoder.hidden", { z: 2, h: 3 }, 4);
const tensors = layer.parameters.map(({ name, shape }) => input(name, shape));

function errorOf(build: () => unknown): VrnnError {
  try {
    build();
  } catch (error) {
    if (error instanceof VrnnError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("parameters by name", () => {
  const weights = weightsByName(layer.parameters, tensors);
  const found = layer.parameters.map(({ name }) => weights(name));
  expect(found.map(String)).toEqual(tensors.map(String));
  expect(found.map(({ node }) => [node.attrs["name"], node.inputs[0]])).toEqual(
    layer.parameters.map(({ name }, i) => [name, tensors[i]]),
  );
});

test("a name that no parameter has is refused, with the one that was meant", () => {
  const error = errorOf(() => weightsByName(layer.parameters, tensors)("decoder.hiden.bias"));
  expect(error.code).toBe("graph/parameter");
  expect(error.message).toMatch(/no parameter is called decoder\.hiden\.bias .*decoder\.hidden\.bias/);
  expect(errorOf(() => weightsByName([], [])("constructor")).message).toMatch(/called constructor/);
});

test("two parameters of one name are refused", () => {
  const twice = [...layer.parameters, ...new Linear("decoder.hidden", { z: 7, h: 3 }, 4).parameters];
  const error = errorOf(() => weightsByName(twice, [...tensors, ...tensors]));
  expect(error.code).toBe("graph/parameter");
  expect(error.message).toMatch(/two parameters are called decoder\.hidden\.z\.weight/);
});
