/** What the help says of the options of a VRNN. It stands here, as a page has no help and would load it all the same. */
import { cellNames, latentFamilyNames, type vrnnOptions } from "../models/vrnn/family.ts";
import { initialStateNames } from "../models/vrnn/vrnn.ts";

/** Other families share some of these options, and what is said of them. */
export const vrnnHelp: Readonly<Record<keyof typeof vrnnOptions.shape, string>> = {
  hidden: "width of the hidden layers and of the state",
  latent: "latent variables per step; 0: a recurrent network without",
  latentScope: "what they are of: each step, or the whole sequence (once, from all of it)",
  latentFamily: `distribution of the latent variables: ${latentFamilyNames.join(", ")}`,
  cell: `recurrent cell: ${cellNames.join(", ")}`,
  layers: "recurrent cells on top of each other",
  residual: "a posterior mean of its own, not a correction of the prior's",
  prior: "of the latent variables: from the state, or standard (VRNN-I)",
  emission:
    "output distributions: mixture, load=student-t for a column, bivariate for dx and dy of drawings, nade for binary columns together, full for real ones",
  center:
    "what columns are predicted from: mean, last, season:24, load=season:24+last for one (default: tried)",
  layerNorm: "layer normalisation of hidden layers and gates",
  initial: `state before the first step: ${initialStateNames.join(" or ")} (from --static and --covariates)`,
  embedding: "text: how many numbers stand for a token",
  bagOfWords: "text: latent variables of the whole text also tell which tokens it has, so that they are used",
  tied: "text: the embedding also says which token comes next",
};
