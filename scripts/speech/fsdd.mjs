/**
 * Makes a folder of the Free Spoken Digit Dataset that `vrnn train` reads.
 *
 *     VRNN_DATA=<folder of data sets> node scripts/speech/fsdd.mjs [folder, fsdd unless told] [--test <speaker>]
 */
import { parseArgs } from "node:util";
import { fsddFolder } from "./fsdd-data.mjs";

const { values: said, positionals } = parseArgs({
  options: { test: { type: "string", default: "takes" } },
  allowPositionals: true,
});
console.log(fsddFolder(positionals[0] ?? "fsdd", said));
