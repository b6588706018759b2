/**
 * Filled gaps that hold what they promise: entries of the validation split are taken away and filled, and how the true
 * values lay about the straight line between the observed neighbours, what the other columns say (`companions.ts`) and the
 * model's draws is learned for each column (`fill-rule.ts`).
 */
import type { Sequence } from "../data/dataset.ts";
import { type Imputed, type ImputeOptions, imputeSequences } from "../inference/impute.ts";
import { Random } from "../random/generator.ts";
import { evidenceIn, type FillCalibration, type Known, type Together } from "./calibrated-fills.ts";
import { learnCompanions } from "./companions-fit.ts";
import { learnColumnFill, type Outcome } from "./fill-rule.ts";
import { type Tear, type TornPiece, tornPieces } from "./made-gaps.ts";
import { isQuantity, withinCell } from "./recalibrate.ts";

const TEARS: readonly Tear[] = ["partial", "whole"];

/** Into how many parts the time is cut, of which each is foretold by the others. */
const PARTS = 4;

/** How many steps of the validation split are looked at. */
const STEPS = 1500;

/** The same draws whenever it is learned. */
const SEED = 1;

/** The model that fills, how, and the sequences to learn from: those of a validation split. */
export interface FillCalibrationOptions extends Omit<ImputeOptions, "seed"> {
  /** Those of the training split, which tell how columns go together; without them each column is on its own. */
  readonly training?: readonly Sequence[];
}

/**
 * Learns how true values lie about what fills their gaps, from sequences that the model was not trained on.
 *
 * @param options as those of the gaps that are to be filled: the draws must be alike
 * @returns without the columns of which too few entries were observed, and those that are no quantities.
 * @throws VrnnError `impute/lag`, `impute/islandSize`
 * @example
 * const calibration = await learnFillCalibration({ ...settings, sequences: data.splits.valid });
 * calibration.columns.get("load").leans[0]; // { distance: 1, share: 0.2, companions: 0, most: 3.1 }: a fifth of the way from the line to the draws
 */
export async function learnFillCalibration(options: FillCalibrationOptions): Promise<FillCalibration> {
  const { columns, training = [] } = options;
  const companions = learnCompanions(training, columns);
  const tears = TEARS.filter((tear) => tear === "whole" || columns.length > 1);
  const outcomes = (await Promise.all(tears.map((tear) => outcomesOf(options, tear, companions)))).flat();
  const fillsOf = (isAlone: boolean) =>
    columns.flatMap(({ name }, d) => {
      const own = outcomes.filter(({ column, evidence }) => column === d && evidence.isAlone === isAlone);
      const fill = learnColumnFill(own);
      return fill === undefined ? [] : [[name, fill] as const];
    });
  return { columns: new Map(fillsOf(false)), alone: new Map(fillsOf(true)), companions };
}

type ColumnOutcome = Outcome & { readonly column: number; readonly evidence: Known };

/** Fills gaps that are made, and tells what stood there. */
async function outcomesOf(
  options: FillCalibrationOptions,
  tear: Tear,
  companions: Together["companions"],
): Promise<ColumnOutcome[]> {
  const { columns, sequences } = options;
  const pieces = tornPieces(sequences, tear, columns.length, STEPS);
  const imputed = await imputeSequences({
    ...options,
    sequences: pieces.map(({ torn }) => torn),
    seed: SEED,
  });
  const steps = Math.max(...pieces.map(({ start, whole }) => start + whole.length));
  return imputed.flatMap((each, i) => outcomesIn(pieces[i]!, each, { columns, companions, steps }));
}

function outcomesIn(
  { whole, start }: TornPiece,
  { sequence, gaps }: Imputed,
  { steps, ...known }: Together & { readonly steps: number },
): ColumnOutcome[] {
  const { columns } = known;
  const evidenceOf = evidenceIn(sequence, known);
  const random = Random.stream(SEED, "within the cell", sequence.name);
  return gaps.flatMap((gap) => {
    const column = columns[gap.column]!;
    const place = random.uniform() - 0.5;
    const recorded = whole.values[gap.step * columns.length + gap.column]!;
    const evidence = evidenceOf(gap);
    if (!isQuantity(column) || Number.isNaN(recorded) || evidence === undefined) return [];
    const value = withinCell(column, recorded, place);
    const part = Math.floor((PARTS * (start + gap.step)) / steps);
    return [{ column: gap.column, evidence, value, part }];
  });
}
