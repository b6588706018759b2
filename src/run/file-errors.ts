import { readFileSync } from "node:fs";
import { VrnnError } from "../errors.ts";

/** A file or folder could not be written: the disk is full, the place is read-only, or a file stands where a folder must. */
export function cannotWrite(path: string, cause: unknown): VrnnError {
  return new VrnnError("file/write", `cannot write: ${reasonOf(cause)}`, {
    at: path,
    remedy: "free some space or choose another folder with --out",
    cause,
  });
}

/** The bytes of a file, or undefined when there is none. */
export function readIfPresent(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined;
    throw cannotRead(path, cause);
  }
}

/** A file or folder could not be read: it is another's, or a folder stands where a file must. */
export const cannotRead = (path: string, cause: unknown): VrnnError =>
  new VrnnError("file/read", `cannot read: ${REASONS[errorCode(cause) ?? ""] ?? reasonOf(cause)}`, {
    at: path,
    remedy: "check what it is and who may read it",
    cause,
  });

/** Why the system does not read something, by its names of errors. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "this is a folder",
  ENOTDIR: "a file stands where a folder must",
};

/** The system's name of an error, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
