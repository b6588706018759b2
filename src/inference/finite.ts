/** Results are numbers: what is not finite is told where it arises, and never written as if it were missing. */
import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import type { Executable, Runtime, Values } from "../runtime/runtime.ts";

/**
 * A program made ready, whose results are looked at after each run.
 *
 * @throws VrnnError as `Runtime.compile`; a run throws `task/not-finite` for a result that is NaN or infinite.
 */
export async function compileFinite(runtime: Runtime, program: Program): Promise<Executable> {
  const executable = await runtime.compile(program);
  return {
    run: async (inputs, into) => {
      const results = await executable.run(inputs, into);
      requireFinite(results);
      return results;
    },
    dispose: () => executable.dispose(),
  };
}

/** @throws VrnnError `task/not-finite` which names the first result that is not finite, and its place. */
export function requireFinite(results: Values): void {
  for (const [name, { dtype, data, shape }] of Object.entries(results)) {
    if (dtype !== "float32" && dtype !== "float64") continue;
    const index = (data as Float32Array | Float64Array).findIndex((value) => !Number.isFinite(value));
    if (index < 0) continue;
    const place = shape.length === 0 ? "" : ` at ${placeOf(index, shape)}`;
    throw new VrnnError("task/not-finite", `the model gives ${data[index]}${place}`, {
      at: name,
      remedy:
        "its weights or the data are beyond what it can compute with: look at the data with vrnn info, or train it anew",
    });
  }
}

/** The place of an entry along each axis, row-major. */
function placeOf(index: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${place.join(", ")}]`;
}
