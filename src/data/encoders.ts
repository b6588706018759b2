/** What all encoders have in common that somebody brings: files of ONNX that are run as they are and not trained. */
import { VrnnError } from "../errors.ts";
import { checked } from "../options.ts";
import type { Port } from "../runtime/node-frozen.ts";
import { listed } from "../words/figures.ts";
import * as z from "../zod.ts";

/** Of a file, in hexadecimal digits. */
export const checksum = z.textOfForm(/^[0-9a-f]{64}$/, "a SHA-256 has 64 hexadecimal digits");

/**
 * What a run knows of its encoder.
 *
 * @throws VrnnError `run/encoder` for what cannot be read
 */
export const checkedEncoder = <Knowledge>(schema: z.ZodMiniType<Knowledge>, known: unknown): Knowledge =>
  checked(
    schema,
    known,
    ({ message, path }) =>
      new VrnnError(
        "run/encoder",
        `what the run knows of its encoder cannot be read: ${path.join(".")}: ${message}`,
      ),
  );

/** The name of an input or output. */
export const portName = z.string().check(z.maxLength(10_000));

/** Whether a size is told and fixed. */
export const isFixed = (size: number | string | undefined): size is number =>
  typeof size === "number" && size > 0;

/** Ports as a message tells them: `pixels: float32 [N, 3, 8, 8]`. */
export const portWords = (ports: readonly Port[]): string =>
  listed(
    ports.map(({ name, type = "no tensor", shape }) => `${name}: ${type} [${shape.join(", ")}]`),
    4,
  );

/** What is said of outputs that nothing is read of, behind other words. */
export const unreadWords = (others: readonly string[]): string =>
  others.length === 0 ? "" : `; nothing is read of ${others.join(", ")}`;

/** @param at the encoder's path */
export const refused = (what: string, at: string, remedy: string, cause?: unknown): VrnnError =>
  new VrnnError("data/encoder", what, { at, remedy, cause });
