/** What the help says of the options of any training. It stands here, as a page has no help and would load it all the same. */
import type { trainFlags } from "../operations/train.ts";

export const trainHelp: Readonly<Record<keyof typeof trainFlags, string>> = {
  out: "where the run is kept (default: runs/<name of the data>)",
  resume: "go on with a run that was stopped",
  force: "start over where a run is already",
  budget:
    "search width, learning rate and dropout on validation data for so long before training, such as 5m",
  from: "a run whose weights it begins with, as far as they fit",
  twin: "of text: without the twin that is trained behind a model with latent variables, to say whether these pay",
  schemaFile: "how data are read, as vrnn inspect wrote it; what is said beside it goes before",
};
