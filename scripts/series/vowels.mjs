/** `vowels`: the labels of JapaneseVowels; `--tuned` chooses settings on training data. */
import { labelsRow } from "./labels.mjs";

console.log(JSON.stringify(await labelsRow("JapaneseVowels", process.argv.includes("--tuned"))));
