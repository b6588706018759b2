import { VrnnError } from "../../errors.ts";

/** That a bag of words is asked for where no latent variables of a whole text tell one. */
export const noBag = (): VrnnError =>
  new VrnnError("model/bag-of-words", "a bag of words is told by z of a whole text", {
    remedy: "add --latent-scope sequence",
  });
