/** Finds what is odd with a model and a threshold that have seen clean data only. */
import { datasetFromArrays, detect, detectorOf, entryScores, scoreSequences } from "vrnn";
import { trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const model = await trained(data);
const detector = await detectorOf({ ...model, sequences: data.splits.valid }, { windows: [1, 5], gap: 10 });

const [recording, clean] = data.splits.test;
// The sensor hangs for ten steps: every value is an ordinary one, but not there.
const hung = recording!.values.map((value, t) => (t >= 60 && t < 70 ? recording!.values[59]! : value));
const sequences = [{ ...recording!, values: hung }, clean!];
const scores = await scoreSequences({ ...model, sequences });

for (const [i, name] of ["hung", "clean"].entries()) {
  const { events } = detect(entryScores({ sequence: sequences[i]!, scores: scores[i]! }), detector);
  console.log(`${name} recording: ${events.length} events`);
  for (const { first, last, reasons } of events)
    console.log(`  steps ${first} to ${last}, because of ${reasons.map(({ column }) => column).join(", ")}`);
}
