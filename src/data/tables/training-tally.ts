import { own } from "../../collections.ts";
import type { SplitName } from "../dataset.ts";
import type { Span } from "../source.ts";
import type { SplitPart } from "../split.ts";
import { MOST_LEVELS } from "./kinds.ts";
import type { SchemaOptions } from "./schema.ts";
import type { Table } from "./table.ts";
import { Blocks, Tally } from "./table-tally.ts";

/**
 * Tallies of all steps, told apart so that those of the training split can be found when the split is known: it is the
 * beginning of the sequences that asked for training or for nothing, or, where these are one or two, of each of them.
 */
export class Tallies {
  private readonly empty: () => Tally;
  /** Of what asked for validation or test. */
  private readonly held: Tally;
  private readonly bySequence: Blocks;
  /** Of the first two sequences, as long as there are no more. */
  private byStep: Blocks[] | undefined = [];
  /** How many may train, and the place of each sequence among them. */
  private members = 0;
  private readonly places: number[] = [];

  /** Whether many sequences are each cut by time, which no tally of whole ones can tell. */
  private readonly isCut: boolean;

  constructor({ kinds = {}, splitBy }: SchemaOptions) {
    this.isCut = splitBy === "time";
    const mostLevels = (name: string) =>
      own(kinds, name) === "categorical" ? Number.POSITIVE_INFINITY : MOST_LEVELS;
    this.empty = () => new Tally(mostLevels);
    this.held = this.empty();
    this.bySequence = new Blocks(this.empty);
  }

  add(table: Table, sequence: number, row: number, split: SplitName | undefined): void {
    if (split === "valid" || split === "test") {
      this.held.add(table);
      return;
    }
    const member = this.memberOf(sequence, row);
    if (this.byStep === undefined) this.bySequence.add(member, table);
    else this.byStep[member]!.addRows(row, table);
  }

  /** All steps together. */
  get all(): Tally {
    const all = this.empty();
    const parts = this.byStep?.map((blocks) => blocks.all) ?? [this.bySequence.all];
    for (const part of [...parts, this.held]) all.merge(part);
    return all;
  }

  /** The tally of what trains, without the rest that has to be read again. */
  training(parts: readonly SplitPart[]): { readonly tally: Tally; readonly rest: readonly Span[] } {
    const train = parts.filter(({ split }) => split === "train");
    if (this.byStep === undefined) return this.isCut ? this.allAgain(train) : this.trainingSequences(train);
    const tally = this.empty();
    const rest = train.map(({ index, end }) => {
      const before = this.byStep![this.places[index]!]!.before(end);
      tally.merge(before.tally);
      return { i: index, from: before.from, to: end };
    });
    return { tally, rest: rest.filter(({ from, to }) => from < to) };
  }

  private allAgain(train: readonly SplitPart[]) {
    return {
      tally: this.empty(),
      rest: train.map(({ index, start, end }) => ({ i: index, from: start, to: end })),
    };
  }

  private trainingSequences(train: readonly SplitPart[]) {
    const { tally, from } = this.bySequence.before(train.length);
    const rest = train.slice(from).map(({ index, end }) => ({ i: index, from: 0, to: end }));
    return { tally, rest };
  }

  /** The place of a sequence among those that may train. */
  private memberOf(sequence: number, row: number): number {
    if (row > 0) return this.places[sequence]!;
    const member = this.members++;
    this.places[sequence] = member;
    if (member < 2) this.byStep!.push(new Blocks(this.empty));
    else if (this.byStep !== undefined) {
      for (const [place, blocks] of this.byStep.entries()) this.bySequence.merge(place, blocks.all);
      this.byStep = undefined;
    }
    return member;
  }
}
