import { type OperationEntry, operations, type SubjectKind } from "../operations/index.ts";

const RUN = { argument: "<run>", help: "the folder of a run" };

/** How what an operation is about is named at the command line. */
export const subjects: Readonly<Record<SubjectKind, { argument: string; help: string } | undefined>> = {
  run: RUN,
  sequences: RUN,
  data: {
    argument: "[data...]",
    help:
      "CSV, TSV, JSONL, text (.txt), MIDI, drawings (.npz), piano rolls and drawings as JSON, clips of frames (.npy of " +
      "[N, T, H, W] or [N, T, H, W, C], with --model frame-vrnn), each also .gz: a file, several, a folder, or - for stdin",
  },
  path: {
    argument: "<path...>",
    help: "the folder of a run, or data: a file, several, a folder, or - for stdin",
  },
  nothing: undefined,
};

/** Every command, in the order of the help: the operations that run anywhere, and two that need this machine. */
export const commands: Readonly<Record<string, OperationEntry>> = {
  ...operations,
  demo: {
    summary:
      "learn what is usual of a server from recorded telemetry, and find incidents in recordings never seen",
    subject: "nothing",
    load: async () => (await import("../demo/operation.ts")).demo,
  },
  record: {
    summary: "record this machine (Linux) under a load of the project's own, with or without incidents",
    subject: "nothing",
    load: async () => (await import("../telemetry/operation.ts")).recordMachine,
  },
};
