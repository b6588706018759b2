/** Calibrations as they are kept in the folder of a run. */
import { createHash } from "node:crypto";
import { parseStrictJson } from "../checkpoint/strict-json.ts";
import type { Notice } from "../data/notice.ts";
import { VrnnError } from "../errors.ts";
import { checked } from "../options.ts";
import type { CalibrationName } from "../run/folder.ts";
import type { Run } from "../run/run.ts";
import * as z from "../zod.ts";

const FORMAT = 1;

/** What every file begins with. */
export const storedHead = {
  version: z.literal(FORMAT),
  /** A checksum of the weights that it was learned with. */
  weights: z.string().check(z.maxLength(100)),
};

/** Whether numbers never fall. */
export const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((each, i) => i === 0 || each >= numbers[i - 1]!);

/** The raw levels of a column: a map that falls would put a high quantile below a low one. */
export const levels = z.readonly(
  z
    .array(z.number().check(z.minimum(0), z.maximum(1)))
    .check(z.minLength(2), z.maxLength(10_000), z.refine(isRising, "the levels of a map must rise")),
);

const areApart = (numbers: readonly number[]): boolean => new Set(numbers).size === numbers.length;

/** Numbers of steps that maps are for, from the least on. */
export const horizons = z.readonly(
  z.array(z.int().check(z.minimum(1))).check(
    z.minLength(1),
    z.maxLength(10_000),
    z.refine((steps) => isRising(steps) && areApart(steps), "horizons must rise"),
  ),
);

/**
 * A calibration in the folder, if there is one and it is of these weights.
 *
 * @param isEarlier whether a file is of an earlier form, which is as good as none: it is learned again
 * @throws VrnnError `run/calibration` when the file cannot be used.
 */
export function keptCalibration<Stored extends { readonly weights: string }>(
  run: Run,
  name: CalibrationName,
  schema: z.ZodMiniType<Stored>,
  isEarlier: (content: unknown) => boolean = () => false,
): Stored | undefined {
  const { bytes, path: at } = run.folder.calibration(name);
  if (bytes === undefined) return undefined;
  const content = contentOf(bytes, at);
  if (isEarlier(content)) return undefined;
  const kept = checked(schema, content, ({ message, path }) =>
    unusable(at, path.length === 0 ? message : `${path.join(".")}: ${message}`),
  );
  return kept.weights === weightsDigest(run) ? kept : undefined;
}

function contentOf(bytes: Uint8Array, at: string): unknown {
  try {
    return parseStrictJson(new TextDecoder().decode(bytes), 8);
  } catch (cause) {
    throw unusable(at, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The error of a file that cannot be used, and why. */
export const unusable = (at: string, why: string, cause?: unknown): VrnnError =>
  new VrnnError("run/calibration", `the calibration cannot be used: ${why}`, {
    at,
    remedy: "remove the file: it is made anew when it is needed",
    cause,
  });

/**
 * Keeps a calibration with a checksum of the weights that it belongs to. Where the folder cannot be written to, that is
 * told, and it is learned again the next time.
 */
export function keepCalibration(run: Run, name: CalibrationName, content: object, notice: Notice): void {
  const kept = { version: FORMAT, weights: weightsDigest(run), ...content };
  try {
    run.folder.writeCalibration(name, `${JSON.stringify(kept)}\n`);
  } catch (cause) {
    if (!(cause instanceof VrnnError && cause.code.startsWith("file/"))) throw cause;
    notice([`what was learned is not kept for the next time: ${cause.message}`]);
  }
}

const weightsDigest = ({ weights }: Run): string => createHash("sha256").update(weights).digest("hex");
