import { VrnnError } from "../errors.ts";
import type { Emission } from "./emission.ts";

/** What an emission with parameters of its own tells without them. */
type Laws = Pick<Emission, "width" | "uniforms" | "normals" | "missing" | "initialBias">;

/**
 * An emission whose parameters are still to be put into it (`bind`), as the derivation does: it tells its widths, and nothing of data.
 *
 * @throws VrnnError `distribution/unbound` where it is asked
 */
export function unbound(laws: Laws): Emission {
  const refuse = (): never => {
    throw new VrnnError(
      "distribution/unbound",
      "an emission with parameters of its own is asked without them",
      {
        remedy: "bind it to the weights of a model first",
      },
    );
  };
  return { ...laws, logProbability: refuse, sample: refuse, mean: refuse };
}
