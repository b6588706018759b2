/** Several arrays in one file: numpy's `.npz`, a zip of `.npy`. */
import { type UnzipFileInfo, unzipSync } from "fflate";
import { VrnnError } from "../../errors.ts";
import { type NumberArray, NumberBudget, refuser } from "./dtype.ts";
import { parseNpy } from "./npy.ts";
import type { Unpickled } from "./pickle.ts";

/** What the files of a zip may come to when unpacked. */
const MOST_BYTES = 500_000_000;
const MOST_FILES = 10_000;
/** No deflate packs more tightly than this: a file that claims to lies. */
const TIGHTEST = 1032;

/**
 * The arrays of a file by their names.
 *
 * @param file where the bytes come from, for messages.
 * @throws VrnnError `data/npz`, `data/npy`, `data/pickle`.
 * @example
 * const { train } = readNpz(readFileSync("cat.npz"), "cat.npz");
 */
export function readNpz(bytes: Uint8Array, file: string): Readonly<Record<string, NumberArray | Unpickled>> {
  const unpacked = Object.entries(unpack(bytes, file));
  if (unpacked.length === 0)
    throw refuser("data/npz", file, "save arrays with numpy.savez")("it holds no array");
  const budget = new NumberBudget();
  return Object.fromEntries(
    unpacked.map(([name, content]) => [
      name.replace(/\.npy$/, ""),
      parseNpy(content, `${file}, ${name}`, budget),
    ]),
  );
}

function unpack(bytes: Uint8Array, file: string): Readonly<Record<string, Uint8Array>> {
  const refuse = refuser("data/npz", file, "fetch or save the file again");
  let [files, total] = [0, 0];
  const filter = ({ name, size, originalSize }: UnzipFileInfo) => {
    files += 1;
    total += originalSize;
    const isAbsurd = originalSize > (size + 1) * TIGHTEST || files > MOST_FILES;
    if (isAbsurd) throw refuse("corrupt zip: its list of files is absurd");
    if (total > MOST_BYTES)
      throw refuse(`it unpacks to more than ${MOST_BYTES / 1e6} MB`, "split it into several files");
    return name.endsWith(".npy");
  };
  try {
    return unzipSync(bytes, { filter });
  } catch (cause) {
    if (cause instanceof VrnnError) throw cause;
    throw refuse(`corrupt zip: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
