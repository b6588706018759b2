/**
 * CTC prefix beam search with a lexicon and a language model, one frame after the other: Graves, "Supervised Sequence Labelling
 * with Recurrent Neural Networks", 2012, section 7.5; Hannun, Maas, Jurafsky and Ng, "First-Pass Large Vocabulary Continuous Speech
 * Recognition using Bi-Directional Recurrent DNNs", 2014, algorithm 1.
 */
import type { WordModel } from "../../baselines/word-model.ts";
import { VrnnError } from "../../errors.ts";
import { logAdd } from "../log-add.ts";
import { Candidates } from "./candidates.ts";
import { type Finished, type Hypothesis, nBest, type TimedWord, wordsOfLetters } from "./heard.ts";
import { Hypotheses, type WordTimes } from "./hypotheses.ts";
import type { Lexicon } from "./lexicon.ts";
import { anyWord, WeighedWords } from "./look-ahead.ts";
import { WordHistories, type WordHistory } from "./word-history.ts";

/** How a beam searches. */
export interface PrefixBeamOptions {
  /** What may be said: words, or for an open vocabulary `unitsAlone`. */
  readonly lexicon: Lexicon;
  /** What the language model says of the lexicon's words; any word is as likely as another unless told. */
  readonly model?: WordModel;
  /** What a log-probability of the language model counts; once unless told. */
  readonly weight?: number;
  /** What each word of the lexicon adds to a score, nats; 0 unless told. */
  readonly bonus?: number;
  /** How many hypotheses are kept; 32 unless told. */
  readonly width?: number;
  /** How many nats behind the best one a hypothesis is dropped; 16 unless told. */
  readonly margin?: number;
  /**
   * The share of a word among hypotheses, by their scores, from which it is taken for stable and those without it are dropped: 0.999 tells
   * words sooner than 1, which waits until all agree; 1 unless told.
   */
  readonly sure?: number;
  /**
   * Frames after its end in which a word is decided: then the best hypothesis tells it, and those without it are dropped. All of what
   * follows may tell unless told.
   */
  readonly delay?: number;
  /** So many words of the lexicon hypotheses may be apart: beyond, the best one decides; 100 unless told. */
  readonly pending?: number;
  /**
   * Frames of silence after which a word is over: it goes on with no further unit, and one that longer words begin with is told from
   * these. Words may pause for as long as they like unless told.
   */
  readonly pause?: number;
  /** The label that stands for none; 0 unless told. */
  readonly blank?: number;
  /** What each word of the answer but the first begins with, where the lexicon's are letters or pieces of words. */
  readonly separator?: string;
}

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * The search: `push` takes a frame, at a cost that does not grow with what was heard before. A hypothesis is some words and a node of
 * the lexicon's tree; it holds log p of all paths that read so, those that end with a blank apart from the others. A word is added
 * to the words, and weighed, when the next one begins or the search ends; until then the best of what it may become counts
 * (the look-ahead), so that the width is all that is inexact. Words that all hypotheses share are put away.
 *
 * Frames are counted from the first that was pushed. Where a word stands is told by its likeliest way in, as it looked at each frame.
 *
 * @example
 * const beam = new PrefixBeam({ lexicon, model: bigram, weight: 0.8, bonus: 0.5 });
 * for (const frame of frames) {
 *   beam.push(frame); // log-probabilities, [K]
 *   show(beam.stable(), beam.partial());
 * }
 * beam.finish()[0].words; // [{ word: "NINE", start: 12, end: 19, confidence: 0.98 }]
 */
export class PrefixBeam {
  private readonly lexicon: Lexicon;
  private readonly words: WeighedWords;
  private readonly width: number;
  private readonly margin: number;
  private readonly pending: number;
  private readonly sure: number;
  private readonly pause: number;
  private readonly delay: number;
  private readonly blank: number;
  private readonly separator: string | undefined;
  private readonly least: number;
  private readonly candidates = new Candidates();
  private readonly chosen: Int32Array;
  private readonly totals: Float64Array;
  private now: Hypotheses;
  private later: Hypotheses;
  private histories: WordHistories;
  /** Words of the lexicon that all agree on. */
  private agreed: TimedWord[] = [];
  private time = 0;

  /** @throws VrnnError `speech/beam` for settings that cannot be */
  constructor(options: PrefixBeamOptions) {
    const { lexicon, model = anyWord, weight = 1, bonus = 0, width = 32, margin = 16 } = options;
    const { pending = 100, sure = 1, blank = 0, separator } = options;
    const { pause = Number.POSITIVE_INFINITY, delay = Number.POSITIVE_INFINITY } = options;
    requireCount("width", width);
    requireCount("pending", pending);
    if (!(weight >= 0) || !(margin >= 0))
      throw new VrnnError("speech/beam", `weight and margin are from 0, not ${weight} and ${margin}`);
    if (!(sure > 0.5 && sure <= 1))
      throw new VrnnError("speech/beam", `sure is above a half and at most 1, not ${sure}`);
    if (!(pause >= 1 && delay >= 1))
      throw new VrnnError("speech/beam", `pause and delay are 1 frame at least, not ${pause} and ${delay}`);
    if (lexicon.unit.includes(blank))
      throw new VrnnError("speech/beam", `a word is said with the blank, label ${blank}`, { at: "lexicon" });
    this.lexicon = lexicon;
    this.words = new WeighedWords(lexicon, model, { weight, bonus });
    [this.width, this.margin, this.pending] = [width, margin, pending];
    [this.sure, this.pause, this.delay] = [sure, pause, delay];
    this.blank = blank;
    this.separator = separator;
    this.least = Math.max(blank + 1, lexicon.units.length);
    this.chosen = new Int32Array(width);
    this.totals = new Float64Array(width);
    this.now = new Hypotheses(width);
    this.later = new Hypotheses(width);
    this.histories = this.begun();
  }

  /** How many frames were pushed. */
  get frames(): number {
    return this.time;
  }

  /** How many word histories are held: what bounds the memory that the search takes. */
  get held(): number {
    return this.histories.size;
  }

  /**
   * Hears a frame. One that no hypothesis allows, as its log-probabilities are −∞, is passed over.
   *
   * @param frame log-probabilities, `[K]`
   * @throws VrnnError `speech/frame` where there are too few or one is NaN
   */
  push(frame: Float32Array): void {
    const loudest = this.loudest(frame);
    this.candidates.clear();
    this.stay(frame);
    this.extend(frame, loudest, this.floor());
    this.choose(frame);
    this.time++;
    this.settle();
  }

  /** The words that all hypotheses agree on, from the first: they only ever become more. */
  stable(): TimedWord[] {
    const certain = this.certain();
    // The last letters may go on; words of letters are certain once the next one begins.
    return this.told(certain.slice(0, this.lastBegun(certain)));
  }

  /** The words of the best hypothesis, that which may end here included. */
  partial(): TimedWord[] {
    return this.told([...this.agreed, ...this.wordsOf(0), ...this.endingAt(0).slice(0, 1)]);
  }

  /**
   * What may have been said, as if the sentence ended here; the best one first. Hypotheses of the same words are one. Where none ends
   * with a whole word, those that were begun are left out.
   *
   * @param most how many
   */
  finish(most = 10): Hypothesis[] {
    const places = Array.from({ length: this.now.count }, (_, i) => i);
    const whole = places.flatMap((i) => this.endings(i));
    return nBest(whole.length > 0 ? whole : places.map((i) => this.ending(i, [], 0)), most);
  }

  /** Takes the words out that all agree on: `stable`, `partial` and `finish` tell those after them from then on. */
  drain(): TimedWord[] {
    return this.told(this.agreed.splice(0, this.lastBegun(this.agreed)));
  }

  /** Where the last word that they spell begins: those before it are whole. All are, where they are words themselves. */
  private lastBegun(words: readonly TimedWord[]): number {
    const { separator } = this;
    if (separator === undefined) return words.length;
    return Math.max(
      0,
      words.findLastIndex(({ word }) => word.startsWith(separator)),
    );
  }

  /** Begins a new sentence; frames are counted on. */
  reset(): void {
    this.agreed = [];
    this.histories = this.begun();
  }

  /** One hypothesis, of no words. */
  private begun(): WordHistories {
    const state = this.words.model.start;
    const histories = new WordHistories({ word: -1, state, score: 0, ahead: this.words.ahead(state) });
    const { now } = this;
    now.count = 1;
    now.histories.length = 0;
    now.histories.push(histories.root);
    histories.root.held = 1;
    [now.nodes[0], now.blanks[0], now.labels[0], now.ranks[0]] = [0, 0, NEVER, 0];
    [now.starts[0], now.ends[0]] = [this.time, this.time];
    now.times.length = 0;
    return histories;
  }

  /** The greatest log-probability of a frame beside the blank's. */
  private loudest(frame: Float32Array): number {
    if (frame.length < this.least)
      throw new VrnnError("speech/frame", `a frame has ${frame.length} labels, not ${this.least}`, {
        at: `frame ${this.time}`,
        remedy: "give a log-probability for each of the lexicon's units",
      });
    let most = NEVER;
    for (let label = 0; label < frame.length; label++) {
      const own = frame[label]!;
      if (Number.isNaN(own))
        throw new VrnnError("speech/frame", `label ${label} is NaN`, { at: `frame ${this.time}` });
      if (label !== this.blank && own > most) most = own;
    }
    return most;
  }

  /** Each hypothesis with a blank more, or its last unit held on; candidate i is hypothesis i. */
  private stay(frame: Float32Array): void {
    const { candidates, now, totals } = this;
    const silence = frame[this.blank]!;
    for (let i = 0; i < now.count; i++) {
      const node = now.nodes[i]!;
      const history = now.histories[i]!;
      totals[i] = logAdd(now.blanks[i]!, now.labels[i]!);
      candidates.at(history, node);
      candidates.blanks[i] = totals[i]! + silence;
      if (node !== 0) candidates.labels[i] = now.labels[i]! + frame[this.lexicon.unit[node]!]!;
    }
  }

  /** What a candidate has to reach: nothing below is among the best, or within the margin. */
  private floor(): number {
    let [best, worst] = [NEVER, Number.POSITIVE_INFINITY];
    for (let i = 0; i < this.now.count; i++) {
      const rank = this.rankOf(i);
      if (rank > best) best = rank;
      if (rank < worst) worst = rank;
    }
    return Math.max(best - this.margin, this.now.count === this.width ? worst : NEVER);
  }

  /** What a candidate is compared by: all it has, and the best that its word may come to. */
  private rankOf(index: number): number {
    const { blanks, labels, histories, nodes } = this.candidates;
    const history = histories[index]!;
    const node = nodes[index]!;
    const mass = logAdd(blanks[index]!, labels[index]!) + history.score;
    return node === 0 ? mass : mass + history.ahead[node]!;
  }

  /** Each hypothesis with a unit more: of the same word, or of a next one where a word ends. */
  private extend(frame: Float32Array, loudest: number, floor: number): void {
    const { lexicon, now, totals } = this;
    for (let i = 0; i < now.count; i++) {
      const node = now.nodes[i]!;
      const history = now.histories[i]!;
      const most = totals[i]! + loudest;
      const ranked = most + history.score + history.ahead[node]!;
      if (ranked >= floor && !this.isOver(i)) this.goOn(frame, i, history, node, floor);
      if (ranked + this.words.most < floor) continue;
      for (let at = lexicon.endAt[node]!; at < lexicon.endAt[node + 1]!; at++) {
        const longer = this.longer(history, lexicon.ends[at]!, floor - most);
        if (longer !== undefined) this.goOn(frame, i, longer, 0, floor);
      }
    }
  }

  /** Whether the word that hypothesis i stands in was followed by so long a silence that it goes on no more. */
  private isOver(i: number): boolean {
    return this.now.nodes[i] !== 0 && this.time - this.now.ends[i]! >= this.pause;
  }

  /** Hypothesis i goes on to the children of a node, with words that are its own or one more. */
  private goOn(frame: Float32Array, i: number, history: WordHistory, node: number, floor: number): void {
    const { lexicon, candidates, now } = this;
    const { children, childAt, unit } = lexicon;
    const held = unit[now.nodes[i]!]!;
    const [total, silent, { score, ahead }] = [this.totals[i]!, now.blanks[i]!, history];
    for (let at = childAt[node]!; at < childAt[node + 1]!; at++) {
      const child = children[at]!;
      const next = unit[child]!;
      const mass = (next === held ? silent : total) + frame[next]!; // a unit twice needs a blank between
      if (mass + score + ahead[child]! >= floor && mass !== NEVER)
        candidates.bring(candidates.at(history, child), mass, i);
    }
  }

  /** Words and one more; undefined where nothing that it goes on to reaches a score. */
  private longer(history: WordHistory, word: number, least: number): WordHistory | undefined {
    const known = this.histories.find(history, word);
    if (known !== undefined) return known.score + known.ahead[0]! < least ? undefined : known;
    const score = history.score + this.words.weightOf(history.state, word);
    const state = this.words.after(history.state, word);
    const ahead = this.words.ahead(state);
    return score + ahead[0]! < least
      ? undefined
      : this.histories.grow(history, { word, state, score, ahead });
  }

  /** The best candidates become the hypotheses. */
  private choose(frame: Float32Array): void {
    const { candidates, chosen, now, later, histories } = this;
    for (let c = 0; c < candidates.count; c++) candidates.ranks[c] = this.rankOf(c);
    const size = this.within(candidates.best(chosen));
    if (size > 0) {
      for (let k = 0; k < size; k++) this.take(k, chosen[k]!, frame);
      later.count = size;
      for (let i = 0; i < now.count; i++) histories.release(now.histories[i]!);
      [this.now, this.later] = [later, now];
    }
    histories.sweep();
  }

  /** How many of those chosen are within the margin. */
  private within(size: number): number {
    const { chosen, candidates } = this;
    const least = candidates.ranks[chosen[0]!]! - this.margin;
    let kept = size;
    while (kept > 0 && candidates.ranks[chosen[kept - 1]!]! < least) kept--;
    return kept;
  }

  /** A candidate as hypothesis k, with the frames of its word. */
  private take(k: number, c: number, frame: Float32Array): void {
    const { candidates, now, later, time } = this;
    const history = candidates.histories[c]!;
    history.held++;
    later.histories[k] = history;
    later.nodes[k] = candidates.nodes[c]!;
    later.blanks[k] = candidates.blanks[c]!;
    later.labels[k] = candidates.labels[c]!;
    later.ranks[k] = candidates.ranks[c]!;
    const source = candidates.sources[c]!;
    if (source < 0 || this.stayed(c, frame) >= candidates.brought[c]!) {
      const isHeldOn = candidates.labels[c]! > candidates.blanks[c]!;
      later.starts[k] = now.starts[c]!;
      later.ends[k] = isHeldOn ? time + 1 : now.ends[c]!;
      later.times[k] = now.times[c];
      return;
    }
    const [isNext, before] = [now.histories[source] !== history, now.times[source]];
    later.starts[k] = isNext || now.nodes[source] === 0 ? time : now.starts[source]!;
    later.ends[k] = time + 1;
    later.times[k] = isNext ? { start: now.starts[source]!, end: now.ends[source]!, before } : before;
  }

  /** What a candidate has of the paths that were there already. */
  private stayed(c: number, frame: Float32Array): number {
    if (c >= this.now.count) return NEVER;
    const node = this.now.nodes[c]!;
    const held = node === 0 ? NEVER : this.now.labels[c]! + frame[this.lexicon.unit[node]!]!;
    return logAdd(this.candidates.blanks[c]!, held);
  }

  /** Puts away what all agree on, and what is decided. */
  private settle(): void {
    do this.agree();
    while (this.decide());
  }

  /** Drops the hypotheses that have another next word than the best one, where that is far ahead, late or sure. @returns whether it did */
  private decide(): boolean {
    const best = this.now.histories[0]!;
    if (best.depth - this.histories.root.depth > this.pending) {
      const first = this.firstPending(best);
      return this.keep((i) => this.firstPending(this.now.histories[i]!) === first);
    }
    const next = this.nextOf(0);
    const isDecided = next >= 0 && (this.isLate() || (this.sure < 1 && this.shareOf(next) >= this.sure));
    return isDecided && this.keep((i) => this.nextOf(i) === next);
  }

  /** Whether the first word of the best hypothesis that is not put away ended so long ago that it has to be decided. */
  private isLate(): boolean {
    const end = this.wordsOf(0)[0]?.end ?? this.now.ends[0]!;
    return this.time - end >= this.delay;
  }

  /** The share of the hypotheses that have a word next, by what they are compared by. */
  private shareOf(word: number): number {
    const { count, ranks } = this.now;
    let [own, all] = [0, 0];
    for (let i = 0; i < count; i++) {
      const weight = Math.exp(ranks[i]! - ranks[0]!);
      all += weight;
      if (this.nextOf(i) === word) own += weight;
    }
    return own / all;
  }

  /**
   * Puts away the words that all agree on, with the frames that the best one tells; each ends before any hypothesis has the next one
   * begin.
   */
  private agree(): void {
    const told = this.wordsOf(0);
    const before = this.histories.root.depth;
    while (this.histories.settle() !== undefined);
    const count = this.histories.root.depth - before;
    if (count === 0) return;
    const latest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < this.now.count; i++) this.cut(i, latest);
    for (const [place, { word, ...own }] of told.slice(0, count).entries()) {
      const end = Math.min(own.end, latest[place]!);
      this.agreed.push({ word, start: Math.min(own.start, end - 1), end });
    }
  }

  /** Cuts off the frames of words that were put away. @param latest when the word after each begins at the latest */
  private cut(i: number, latest: Float64Array): void {
    const { now } = this;
    const left = now.histories[i]!.depth - this.histories.root.depth;
    let [each, next] = [now.times[i], now.starts[i]!];
    if (left === 0) now.times[i] = undefined;
    for (let place = latest.length + left - 1; place >= 0 && each !== undefined; place--) {
      const { before }: WordTimes = each;
      if (place === latest.length) each.before = undefined;
      if (place < latest.length) latest[place] = Math.min(latest[place]!, next);
      [each, next] = [before, each.start];
    }
  }

  /** The first of some words that not all agree on; undefined where there is none. */
  private firstPending(history: WordHistory): WordHistory | undefined {
    let first: WordHistory | undefined;
    for (let each = history; each.before !== undefined; each = each.before) first = each;
    return first;
  }

  /** Keeps some hypotheses. @returns whether there were others */
  private keep(isKept: (i: number) => boolean): boolean {
    const { now } = this;
    const before = now.count;
    let kept = 0;
    for (let i = 0; i < before; i++)
      if (isKept(i)) now.move(i, kept++);
      else this.histories.release(now.histories[i]!);
    now.count = kept;
    return kept < before;
  }

  /** The words of the lexicon that all agree on, with one that all have begun and that can become no other. */
  private certain(): TimedWord[] {
    const next = this.nextOf(0);
    let isShared = next >= 0;
    for (let i = 1; isShared && i < this.now.count; i++) isShared = this.nextOf(i) === next;
    return isShared
      ? [...this.agreed, ...[...this.wordsOf(0), ...this.endingAt(0)].slice(0, 1)]
      : [...this.agreed];
  }

  /** The first word of a hypothesis that is not put away, by its place in the lexicon; −1 where it is open. */
  private nextOf(i: number): number {
    const first = this.firstPending(this.now.histories[i]!);
    if (first !== undefined) return first.word;
    const [over, ...others] = this.isOver(i) ? this.wordsAt(i) : [];
    return over === undefined || others.length > 0 ? this.lexicon.onlyWord(this.now.nodes[i]!) : over;
  }

  /** The words of hypothesis i that are not put away. */
  private wordsOf(i: number): TimedWord[] {
    const words: TimedWord[] = [];
    let times = this.now.times[i];
    for (let each = this.now.histories[i]!; each.before !== undefined; each = each.before) {
      words.push({ word: this.lexicon.words[each.word]!, start: times!.start, end: times!.end });
      times = times!.before;
    }
    return words.reverse();
  }

  /** The words that may end where hypothesis i stands, the likeliest first. */
  private endingAt(i: number): TimedWord[] {
    const { state } = this.now.histories[i]!;
    const [start, end] = [this.now.starts[i]!, this.now.ends[i]!];
    return this.wordsAt(i)
      .toSorted((a, b) => this.words.weightOf(state, b) - this.words.weightOf(state, a))
      .map((word) => ({ word: this.lexicon.words[word]!, start, end }));
  }

  private wordsAt(i: number): number[] {
    const node = this.now.nodes[i]!;
    return [...this.lexicon.ends.subarray(this.lexicon.endAt[node]!, this.lexicon.endAt[node + 1]!)];
  }

  /** Hypothesis i as a whole sentence, in all ways that it may be one. */
  private endings(i: number): Finished[] {
    const { words, now } = this;
    const { state } = now.histories[i]!;
    if (now.nodes[i] === 0) return [this.ending(i, [], words.endOf(state))];
    const [start, end] = [now.starts[i]!, now.ends[i]!];
    return this.wordsAt(i).map((word) => {
      const added = words.weightOf(state, word) + words.endOf(words.after(state, word));
      return this.ending(i, [{ word: this.lexicon.words[word]!, start, end }], added);
    });
  }

  private ending(i: number, last: readonly TimedWord[], added: number): Finished {
    const { blanks, labels, histories } = this.now;
    const acoustic = logAdd(blanks[i]!, labels[i]!);
    const words = this.told([...this.agreed, ...this.wordsOf(i), ...last]);
    return { words, score: acoustic + histories[i]!.score + added, acoustic };
  }

  /** Words of the answer: those of the lexicon, or what its letters spell. */
  private told(words: TimedWord[]): TimedWord[] {
    return this.separator === undefined ? words : wordsOfLetters(words, this.separator);
  }
}

function requireCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new VrnnError("speech/beam", `${name} is a whole number from 1, not ${value}`, { at: name });
}
