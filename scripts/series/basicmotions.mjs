/** `basicmotions`: the labels of BasicMotions; `--tuned` chooses settings on training data. */
import { labelsRow } from "./labels.mjs";

console.log(JSON.stringify(await labelsRow("BasicMotions", process.argv.includes("--tuned"))));
