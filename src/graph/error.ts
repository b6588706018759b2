import { VrnnError } from "../errors.ts";

/** A mistake in a graph that is being built: a wrong shape, type or attribute. */
export class GraphError extends VrnnError {
  constructor(what: string, at?: string, remedy?: string) {
    super("graph/shape", what, { ...(at !== undefined && { at }), ...(remedy !== undefined && { remedy }) });
    this.name = "GraphError";
  }
}

const engineRooms = /\/(?:src|dist)\/(?:graph|autodiff|passes)\//;

/** The first line of the stack that is not the engine's own: the line of model code that asked for the op. */
export function modelLine(stack: string): string | undefined {
  const frames = stack.split("\n").filter((line) => /^\s*at /.test(line));
  const frame = frames.find((line) => !engineRooms.test(line) && !line.includes("node:internal"));
  return frame?.match(/((?:file:\/\/)?[^\s()]+:\d+:\d+)/)?.[1]?.replace("file://", "");
}
