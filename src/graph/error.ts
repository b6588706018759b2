import { VrnnError } from "../errors.ts";

/** A mistake in a graph that is being built: a wrong shape, type or attribute. It happened in a line of model code. */
export class GraphError extends VrnnError {
  constructor(what: string) {
    const at = modelLine(new Error().stack ?? "");
    super("graph/shape", what, at === undefined ? {} : { at });
    this.name = "GraphError";
  }
}

const engineRooms = /\/(?:src|dist)\/(?:graph|autodiff|passes)\//;

/** The first line of the stack that is not the engine's own: the line of model code that asked for the op. */
function modelLine(stack: string): string | undefined {
  const frames = stack.split("\n").filter((line) => /^\s*at .*:\d+:\d+/.test(line)); // Array.map has no place
  const frame = frames.find((line) => !engineRooms.test(line) && !line.includes("node:internal"));
  const place = frame?.split(/[\s()]+/).find((word) => /:\d+:\d+$/.test(word));
  return place?.replace("file://", "");
}
