import { expect, test } from "vitest";
import { knownOfSpeech } from "../../../src/data/speech/knowledge.ts";
import { speechDataset } from "../../../src/data/speech/speech-dataset.ts";
import { decodingOf, usualDecoding } from "../../../src/inference/speech/decoder.ts";
import { PrefixBeam } from "../../../src/inference/speech/prefix-beam.ts";
import { utterance } from "../../data/speech/utterances.ts";

const said = ["no now", "go now", "now on"].map((text, i) =>
  utterance(`u${i}`, 60, { split: "train", words: text.split(" ") }),
);

test("letters and pieces of words are heard, and never what stands for none", () => {
  for (const subwords of [undefined, 8]) {
    const data = speechDataset(said, "here", { frameRate: 100, subwords });
    const known = knownOfSpeech(data.modality);
    const { field, units, beam } = decodingOf(data.fields, known, usualDecoding);
    expect(field).toBe("letters");
    const search = new PrefixBeam(beam);
    // Each symbol in turn is the likeliest, reserved ones among them, and the blank comes second.
    const shareOf = (other: number, label: number) => (other === label ? 0.9 : other === 0 ? 0.09 : 1e-6);
    for (const [label] of units.entries())
      search.push(Float32Array.from(units, (_, other) => Math.log(shareOf(other, label))));
    const heard = search
      .finish(1)[0]!
      .words.map(({ word }) => word)
      .join("");
    expect(heard).toBe(units.slice(4).join("").replaceAll(" ", ""));
  }
});
