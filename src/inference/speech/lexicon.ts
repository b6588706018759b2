/** Which words there are, and what units they are said with: sounds, or the letters that spell them. */
import type { Pronunciation } from "../../data/speech/dictionary.ts";
import { VrnnError } from "../../errors.ts";
import { didYouMean } from "../../words/nearest.ts";

/**
 * All pronunciations of some words.
 *
 * @throws VrnnError `lexicon/word` that names the words that the dictionary lacks
 */
export function pronunciationsOf(
  words: Iterable<string>,
  dictionary: readonly Pronunciation[],
): Pronunciation[] {
  const wanted = new Set(words);
  const found = dictionary.filter(({ word }) => wanted.has(word));
  const known = new Set(found.map(({ word }) => word));
  const missing = [...wanted].filter((word) => !known.has(word));
  if (missing.length > 0)
    throw new VrnnError("lexicon/word", `the dictionary lacks ${missing.join(", ")}`, {
      remedy: "add how they are said, or spell all words by letters",
    });
  return found;
}

/**
 * Words said by their letters.
 *
 * @example
 * spelled(["GO"]); // [{ word: "GO", units: ["G", "O"] }]
 */
export const spelled = (words: Iterable<string>): Pronunciation[] =>
  Array.from(new Set(words), (word) => ({ word, units: Array.from(word) }));

/**
 * Every unit as a word of itself, for an open vocabulary: what is heard is a string of letters, and spaces among them.
 *
 * @param units the labels of the model @param blank the label that stands for none
 */
export const unitsAlone = (units: readonly string[], blank = 0): Pronunciation[] =>
  units.flatMap((unit, id) => (id === blank ? [] : [{ word: unit, units: [unit] }]));

/** A tree while it grows. */
interface Growing {
  readonly unit: number;
  readonly children: Map<number, number>;
  readonly ends: number[];
}

/**
 * Pronunciations as a tree (Ney, Haeb-Umbach, Tran and Oerder 1992): a node is the beginning of words that are said alike so far.
 * Node 0 is the beginning of all; a node's children and the words that end at it stand side by side in flat arrays.
 *
 * @example
 * const lexicon = new Lexicon(readDictionary("A  AH\nAND  AH N D"), ["", "AH", "D", "N"]);
 * lexicon.words; // ["A", "AND"]
 */
export class Lexicon {
  readonly words: readonly string[];
  readonly units: readonly string[];
  /** The label that leads to each node, `[N]`; −1 of the first. */
  readonly unit: Int32Array;
  /** Where each node's children begin in `children`, `[N + 1]`; a child comes after its parent. */
  readonly childAt: Int32Array;
  readonly children: Int32Array;
  /** Where the words that end at each node begin in `ends`, `[N + 1]`. */
  readonly endAt: Int32Array;
  readonly ends: Int32Array;

  /**
   * @param units the labels of the model in the order of its outputs; the blank stands among them under a name that no word uses
   * @throws VrnnError `lexicon/unit` for a unit that the model does not tell or a word of none, `lexicon/empty` without any word
   */
  constructor(pronunciations: readonly Pronunciation[], units: readonly string[]) {
    if (pronunciations.length === 0)
      throw new VrnnError("lexicon/empty", "there are no words to listen for", {
        remedy: "name one at least",
      });
    const words = new Map<string, number>();
    const nodes = grown(pronunciations, unitIds(units), words);
    this.words = [...words.keys()];
    this.units = units;
    this.unit = Int32Array.from(nodes, ({ unit }) => unit);
    const children = nodes.map((node) => [...node.children.values()]);
    [this.childAt, this.children] = flat(children);
    [this.endAt, this.ends] = flat(nodes.map(({ ends }) => ends));
  }

  /** How many nodes the tree has. */
  get size(): number {
    return this.unit.length;
  }

  /** The node that a unit leads to; −1 where no word goes on so. */
  child(node: number, unit: number): number {
    for (let at = this.childAt[node]!; at < this.childAt[node + 1]!; at++) {
      const child = this.children[at]!;
      if (this.unit[child] === unit) return child;
    }
    return -1;
  }

  /** Whether words end at a node. */
  isEnd(node: number): boolean {
    return this.endAt[node]! < this.endAt[node + 1]!;
  }

  /** The one word that a node can come to, as it ends there and goes on to no other; −1 where it is open. */
  onlyWord(node: number): number {
    const goesOn = this.childAt[node]! < this.childAt[node + 1]!;
    const [from, to] = [this.endAt[node]!, this.endAt[node + 1]!];
    return !goesOn && to - from === 1 ? this.ends[from]! : -1;
  }
}

function unitIds(units: readonly string[]): (unit: string, word: string) => number {
  const ids = new Map(units.map((unit, id) => [unit, id]));
  return (unit, word) => {
    const id = ids.get(unit);
    if (id !== undefined) return id;
    throw new VrnnError("lexicon/unit", `the model tells no unit "${unit}"`, {
      at: word,
      remedy: didYouMean(unit, units),
    });
  };
}

/** The tree of all pronunciations; the words are numbered as they come. */
function grown(
  pronunciations: readonly Pronunciation[],
  idOf: (unit: string, word: string) => number,
  words: Map<string, number>,
): Growing[] {
  const nodes: Growing[] = [{ unit: -1, children: new Map(), ends: [] }];
  for (const { word, units } of pronunciations) {
    if (units.length === 0) throw new VrnnError("lexicon/unit", "a word has one unit at least", { at: word });
    if (!words.has(word)) words.set(word, words.size);
    let node = nodes[0]!;
    for (const name of units) {
      const unit = idOf(name, word);
      if (!node.children.has(unit)) {
        node.children.set(unit, nodes.length);
        nodes.push({ unit, children: new Map(), ends: [] });
      }
      node = nodes[node.children.get(unit)!]!;
    }
    const id = words.get(word)!;
    if (!node.ends.includes(id)) node.ends.push(id);
  }
  return nodes;
}

/** Lists side by side, and where each begins. */
function flat(lists: readonly (readonly number[])[]): [at: Int32Array, all: Int32Array] {
  const at = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    at[i + 1] = at[i]! + list.length;
  });
  return [at, Int32Array.from(lists.flat())];
}
