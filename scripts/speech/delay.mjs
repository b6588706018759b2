/**
 * How long after a word's end it is told, and will not change: for each word that a run hears rightly, from its end (by forced alignment of
 * what was said with the phones of another run, which hears whole utterances) to its first appearance in the stable part of what is told.
 *
 *     node scripts/speech/delay.mjs RUN_STREAMING[,RUN_STREAMING] RUN_BIDIRECTIONAL [--split valid] [--sure 0.99] [--within 0.6]
 *       [--language-weight 0.5] [--window 0.025]
 *
 * Frames are heard one at a time, each when its window is over; the clock is that of the sound, put back by the time that it took to compute.
 * Words that are only told as their recording ends are counted beside: live, they would be told after the pause (--silence). Of several runs
 * means stand above what each has.
 */
import { parseArgs } from "node:util";
import { alignLabels, alignWords } from "../../dist/inference/speech/forced-alignment.js";
import { sampleQuantile } from "../../dist/metrics/quantiles.js";
import { alignedWords, wordErrors } from "../../dist/metrics/word-errors.js";
import { decodingOptions, hearing, listening, opened, utterancesOf } from "./runs.mjs";

const { values: said, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...decodingOptions,
    split: { type: "string", default: "test" },
    window: { type: "string", default: "0.025" },
  },
});
const [streaming, whole = streaming.split(",")[0]] = positionals;
const aligner = opened(whole);
const windowSeconds = Number(said.window);

/** How each word may be said, as labels of the aligning run. */
function labelsOf({ known, config }) {
  const place = new Map(config.fields.phones.vocabulary.tokens.map((token, i) => [token, i + 4]));
  const ways = new Map();
  for (const { word, units } of known.dictionary) {
    const labels = units.map((unit) => place.get(unit));
    if (!labels.includes(undefined)) ways.set(word, [...(ways.get(word) ?? []), labels]);
  }
  return ways;
}

/** When each word ended, in seconds, by the likeliest of its pronunciations; undefined where one is not known. */
function endsOf(words, logProbs, ways) {
  if (words.some((word) => !ways.has(word))) return undefined;
  const labels = aligner.config.fields.phones.vocabulary.tokens.length + 4;
  const align = (chosen) => alignWords({ logProbs, labels }, chosen);
  // The score of a path is the sum over its frames: pronunciations are chosen word by word.
  let chosen = words.map((word) => ({ word, labels: ways.get(word)[0] }));
  for (const [i, word] of words.entries())
    for (const other of ways.get(word).slice(1)) {
      const changed = chosen.with(i, { word, labels: other });
      if (scoreOf(logProbs, labels, changed) > scoreOf(logProbs, labels, chosen)) chosen = changed;
    }
  return align(chosen).map(({ end }) => end * aligner.secondsPerStep);
}

/** Log p of the likeliest path that says so. */
function scoreOf(logProbs, labels, words) {
  try {
    return alignLabels(
      { logProbs, labels },
      words.flatMap((each) => each.labels),
    ).logProb;
  } catch {
    return Number.NEGATIVE_INFINITY; // too few frames for it
  }
}

/** When each word of the answer was told for good, and first told at all; what was computed in between. */
async function told({ live, hearing: { width, frameRate } }, frames) {
  const first = { stable: [], partial: [] };
  let [clock, before, computed] = [0, [], 0];
  const take = (events, isEnd) => {
    for (const event of events) {
      const words = [...before, ...event.words.map(({ word }) => word)];
      const count = before.length + (event.type === "final" ? event.words.length : event.stable);
      for (let i = first.stable.length; i < count; i++) first.stable.push({ clock, isEnd });
      for (const [i, word] of words.entries())
        if (first.partial[i]?.word !== word) first.partial[i] = { word, clock };
      if (event.type === "final") before = words;
    }
  };
  const timed = async (act, arrival) => {
    clock = Math.max(clock, arrival);
    const began = performance.now();
    const events = await act();
    const seconds = (performance.now() - began) / 1000;
    clock += seconds;
    computed += seconds;
    return events;
  };
  const count = frames.length / width;
  for (let i = 0; i < count; i++) {
    const frame = { width, length: 1, values: frames.subarray(i * width, (i + 1) * width) };
    take(await timed(() => live.pushFrames(frame), i / frameRate + windowSeconds), false);
  }
  take(await timed(() => live.finish(), count / frameRate + windowSeconds), true);
  return { words: before, first, computed };
}

const inOrder = (values) => Float64Array.from(values).sort();
const summary = (values) => {
  const sorted = inOrder(values);
  if (sorted.length === 0) return null;
  return {
    words: sorted.length,
    median: sampleQuantile(sorted, 0.5),
    p95: sampleQuantile(sorted, 0.95),
    mean: values.reduce((sum, each) => sum + each, 0) / values.length,
  };
};

/** How late a run tells the words that it hears rightly. */
async function delaysOf(run) {
  const live = await listening(run, said);
  const [utterances, aligned] = [
    await utterancesOf(run, said.split),
    await utterancesOf(aligner, said.split),
  ];
  const transcripts = [];
  const delays = { all: [], spoken: [], atEnd: [], partial: [] };
  let [words, computed, seconds, skipped] = [0, 0, 0, 0];
  const { hearing } = run.known;
  const listener = { live, hearing };
  // What is compiled on the way counts for nothing.
  await told(listener, utterances[0].frames);
  for (const [i, { frames, words: spoken }] of utterances.entries()) {
    acoustic.rest();
    const { logProb } = await acoustic.hear(aligned[i].steps);
    const ends = endsOf(spoken, logProb.phones, ways);
    words += spoken.length;
    if (ends === undefined) {
      skipped++;
      continue;
    }
    const heard = await told(listener, frames);
    transcripts.push({ said: spoken, heard: heard.words });
    computed += heard.computed;
    seconds += frames.length / hearing.width / hearing.frameRate;
    collect(delays, { spoken, ends, heard });
  }
  await live.close();
  const { deltas, stack, frameRate } = hearing;
  return {
    wordErrorRate: wordErrors(transcripts).rate,
    ...{ utterances: utterances.length, skipped, words },
    // Seconds from the end of a word: until it is told for good; of those told before their recording ended; at its end; told at all.
    delay: summary(delays.all),
    whileSpoken: summary(delays.spoken),
    atEnd: summary(delays.atEnd),
    firstSeen: summary(delays.partial),
    // What no search can avoid: a frame's window, frames ahead that its slopes are made of, the frames of a step.
    lookAhead: { window: windowSeconds, slopes: (2 * deltas) / frameRate, step: (stack - 1) / frameRate },
    computing: { perStep: (computed / seconds) * run.secondsPerStep, realTimeFactor: computed / seconds },
  };
}

/** The delays of the words of an utterance that were heard rightly. */
function collect(delays, { spoken, ends, heard: { words, first } }) {
  let [ours, theirs] = [0, 0];
  for (const pair of alignedWords(spoken, words)) {
    if (pair.said !== undefined && pair.said === pair.heard) {
      const { clock, isEnd } = first.stable[theirs];
      delays.all.push(clock - ends[ours]);
      (isEnd ? delays.atEnd : delays.spoken).push(clock - ends[ours]);
      delays.partial.push(first.partial[theirs].clock - ends[ours]);
    }
    if (pair.said !== undefined) ours++;
    if (pair.heard !== undefined) theirs++;
  }
}

const acoustic = await hearing(aligner);
const ways = labelsOf(aligner);
const runs = [];
for (const folder of streaming.split(",")) runs.push({ run: folder, ...(await delaysOf(opened(folder))) });
await acoustic.close();
const meanOf = (figure) => runs.reduce((sum, own) => sum + figure(own), 0) / runs.length;
console.log(
  JSON.stringify({
    row: "speech-delay",
    split: said.split,
    sure: Number(said.sure),
    within: said.within === undefined ? null : Number(said.within),
    wordErrorRate: meanOf((own) => own.wordErrorRate),
    milliseconds: {
      median: 1000 * meanOf(({ delay }) => delay.median),
      p95: 1000 * meanOf(({ delay }) => delay.p95),
    },
    runs,
  }),
);
