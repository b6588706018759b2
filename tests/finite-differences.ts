import { gradients } from "../src/autodiff/gradients.ts";
import { constant, input, mul, reshape, sum, type Tensor } from "../src/graph/index.ts";
import { lower } from "../src/onnx/lower.ts";
import { optimise } from "../src/passes/optimise.ts";
import { nodeRuntime } from "../src/runtime/node.ts";
import type { TensorValue, Values } from "../src/runtime/runtime.ts";

/** Reproducible numbers in (-1, 1), none close to 0 or to each other. */
export function someNumbers(count: number, seed = 1): Float64Array {
  let state = seed * 2654435761;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = (state / 2 ** 32) * 2 - 1;
    return value + Math.sign(value) * 0.05;
  });
}

export interface GradientCase {
  /** Shapes of the float64 operands, with numbers for all sizes. */
  readonly shapes: readonly (readonly number[])[];
  /** Names for sizes: the same case with these axes symbolic. */
  readonly named?: readonly (readonly (number | string)[])[];
  readonly build: (...operands: Tensor[]) => Tensor;
  /** Moves the operands into the domain of the op. */
  readonly domain?: (value: number) => number;
}

const feeds = (points: readonly Float64Array[], shapes: readonly (readonly number[])[]): Values =>
  Object.fromEntries(
    points.map((data, i): [string, TensorValue] => [
      `p${i}`,
      { dtype: "float64", shape: shapes[i] as number[], data },
    ]),
  );

/** A scalar from any tensor: a sum with weights that differ, so that no error cancels. */
export function weighted(y: Tensor): Tensor {
  const size = y.shape.every((dim) => typeof dim === "number")
    ? y.shape.reduce<number>((all, dim) => all * Number(dim), 1)
    : 0;
  if (size === 0) return sum(mul(y, y));
  return sum(mul(reshape(y, [size]), constant([...someNumbers(size, 7)], [size], "float64")));
}

/** The largest relative difference between the compiled gradient and central differences, over all operands. */
export async function gradientError({
  shapes,
  named,
  build,
  domain = (x) => x,
}: GradientCase): Promise<number> {
  const operands = shapes.map((shape, i) => input(`p${i}`, named?.[i] ?? shape, "float64"));
  const loss = weighted(build(...operands));
  const slopes = gradients(loss, operands);
  const outputs = { loss, ...Object.fromEntries(slopes.map((slope, i) => [`d${i}`, slope])) };
  const names = Object.keys(outputs);
  const program = lower(
    Object.fromEntries(optimise(Object.values(outputs)).map((each, i) => [names[i] as string, each])),
  );
  const executable = await nodeRuntime().compile(program);
  const points = shapes.map((shape, i) =>
    someNumbers(
      shape.reduce((all, size) => all * size, 1),
      i + 1,
    ).map(domain),
  );
  const evaluate = async () => executable.run({ ...feeds(points, shapes) });
  const analytic = await evaluate();
  let worst = 0;
  for (const [i, point] of points.entries()) {
    for (let j = 0; j < point.length; j++) {
      const kept = point[j] as number;
      const step = 1e-5;
      point[j] = kept + step;
      const above = Number((await evaluate())["loss"]?.data[0]);
      point[j] = kept - step;
      const below = Number((await evaluate())["loss"]?.data[0]);
      point[j] = kept;
      const numeric = (above - below) / (2 * step);
      const exact = Number(analytic[`d${i}`]?.data[j]);
      worst = Math.max(worst, Math.abs(numeric - exact) / Math.max(1, Math.abs(numeric), Math.abs(exact)));
      if (!Number.isFinite(exact)) worst = Number.POSITIVE_INFINITY;
    }
  }
  await executable.dispose();
  return worst;
}
