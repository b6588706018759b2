import type { StoredTensor, StoredTensors } from "../checkpoint/safetensors.ts";
import { VrnnError } from "../errors.ts";
import * as z from "../zod.ts";
import { checkFormat, RUN_FORMAT } from "./format.ts";
import { seal, unseal } from "./seal.ts";

const GROUPS = ["weights", "optimiser", "best", "carried", "running"] as const;

/** All that a training run needs to go on: one file holds it, so that no two parts can be of different steps. */
export interface Checkpoint<Cursor> {
  /** Optimiser steps done. */
  readonly step: number;
  /** What else is counted and remembered (epoch, place in the data, best bound), as JSON can hold it. */
  readonly cursor: Cursor;
  readonly weights: StoredTensors;
  /** Moments and counters of the optimiser. */
  readonly optimiser: StoredTensors;
  /** The weights of the best validation so far. */
  readonly best: StoredTensors;
  /** The state of the model where a sequence was cut, to go on from; none between two sequences. */
  readonly carried: StoredTensors;
  /** What the objective remembers of batches; of formats before 3 none. */
  readonly running: StoredTensors;
}

/** The bytes of `state.safetensors`: the groups' tensors as `weights/name` and so on, step and cursor in the metadata. */
export function encodeCheckpoint<Cursor>(checkpoint: Checkpoint<Cursor>): Uint8Array {
  const tensors = GROUPS.flatMap((group) => prefixed(group, checkpoint[group]));
  return seal(Object.fromEntries(tensors), {
    format: RUN_FORMAT.toString(),
    step: checkpoint.step.toString(),
    cursor: JSON.stringify(checkpoint.cursor),
  });
}

/**
 * Reads what `encodeCheckpoint` wrote.
 *
 * @throws VrnnError `checkpoint/...` when the bytes are cut or damaged, or the cursor does not fit `cursorSchema`;
 * `run/newer` when a newer version wrote them.
 */
export function decodeCheckpoint<Cursor>(
  bytes: Uint8Array,
  at: string,
  cursorSchema: z.core.$ZodType<Cursor>,
): Checkpoint<Cursor> {
  const { tensors, metadata } = unseal(bytes, at);
  checkFormat(Number(metadata.format), at);
  return {
    step: parseStep(metadata.step, at),
    cursor: parseCursor(metadata.cursor, at, cursorSchema),
    weights: groupOf(tensors, "weights"),
    optimiser: groupOf(tensors, "optimiser"),
    best: groupOf(tensors, "best"),
    carried: groupOf(tensors, "carried"),
    running: groupOf(tensors, "running"),
  };
}

function prefixed(group: string, tensors: StoredTensors): [string, StoredTensor][] {
  return Object.entries(tensors).map(([name, tensor]) => [`${group}/${name}`, tensor]);
}

function groupOf(tensors: StoredTensors, group: string): StoredTensors {
  const prefix = `${group}/`;
  const entries = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function parseStep(text: string | undefined, at: string): number {
  const step = Number(text);
  if (text !== undefined && Number.isSafeInteger(step) && step >= 0) return step;
  throw new VrnnError("checkpoint/step", "the file does not say at which step it was written", { at });
}

function parseCursor<Cursor>(json: string | undefined, at: string, schema: z.core.$ZodType<Cursor>): Cursor {
  try {
    return z.parse(schema, JSON.parse(json ?? ""));
  } catch (cause) {
    throw new VrnnError("checkpoint/cursor", "the place of the run in its data cannot be read", {
      at,
      remedy: "start the run again in another folder",
      cause,
    });
  }
}
