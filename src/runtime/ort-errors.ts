/**
 * What ONNX Runtime says when it fails, in words that name our tensors and nothing of its C++. Pages load it when that happens.
 */
import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import type { Inputs } from "./runtime.ts";

/** The place in ONNX Runtime's source and the signature of the function that complains. */
const ownPlace = /\S*\.(?:cc|h):\d+ .*?\)(?: const)?(?: \[with [^\]]*\])? /;

/** The node that failed, innermost last where loops are around it. */
const failedNode = /while running (\w+) node\. Name:'([^']*)' Status Message: /g;

/** The patterns above take time that grows with the square of the length. */
const MOST_READ = 10_000;

/** The reason that ONNX Runtime gives, on one line: the node that failed and what it said. */
export function ortReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const line = message
    .slice(0, MOST_READ)
    .split("\n")
    .map((part) => part.trim())
    .filter(Boolean)
    .join(", ");
  const node = [...line.matchAll(failedNode)].at(-1);
  if (node === undefined) return withoutPlace(line);
  return `${node[1]} ${node[2]}: ${withoutPlace(line.slice(node.index + node[0].length))}`;
}

const withoutPlace = (text: string): string => text.replace(ownPlace, "");

/** A failed run. @param inputs what was fed */
export function runError(cause: unknown, program: Program, inputs: Inputs): VrnnError {
  const reason = ortReason(cause);
  const empty = reason.includes("dim0_offset < dim0_size") ? emptyAxis(program, inputs) : undefined;
  if (empty !== undefined)
    return new VrnnError("runtime/run", `${empty}, and a loop takes at least one step`, { cause });
  const odd = unequalSizes(program, inputs);
  return new VrnnError("runtime/run", reason, { cause, ...(odd !== undefined && { at: odd }) });
}

/** Each named axis of the inputs with the input that has it and its size there. */
const namedSizes = (program: Program, inputs: Inputs) =>
  Object.entries(program.inputs).flatMap(([input, { shape }]) =>
    shape.flatMap((dim, axis) =>
      typeof dim === "string" ? [{ dim, input, size: inputs[input]?.shape[axis] }] : [],
    ),
  );

function emptyAxis(program: Program, inputs: Inputs): string | undefined {
  const found = namedSizes(program, inputs).find(({ size }) => size === 0);
  return found && `the input ${found.input} is empty along ${found.dim}`;
}

/** What one name of two sizes may have caused. */
function unequalSizes(program: Program, inputs: Inputs): string | undefined {
  const all = namedSizes(program, inputs);
  for (const { dim, input, size } of all) {
    const other = all.find((each) => each.dim === dim && each.size !== size);
    if (other !== undefined) return `${dim} is ${size} in ${input} and ${other.size} in ${other.input}`;
  }
  return undefined;
}

/** A program that could not be made ready in a browser. */
export function webCompileError(cause: unknown): VrnnError {
  const what = ortReason(cause);
  if (!what.startsWith("no available backend found"))
    return new VrnnError("runtime/compile", what, { cause });
  return new VrnnError("runtime/load", what, {
    remedy: "serve the files of onnxruntime-web/dist and name their place in `wasmPaths`",
    cause,
  });
}
