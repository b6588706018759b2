import { VrnnError } from "../../errors.ts";

/** That a bag of words is asked for where no latent variables of a whole text tell one. @param latent how many there are */
export const noBag = (latent: number): VrnnError =>
  new VrnnError("model/bag-of-words", "a bag of words is told by z of a whole text", {
    remedy: latent > 0 ? "add --latent-scope sequence" : "add --latent 64",
  });
