/** How the models of a comparison begin: on the same data, told the same way where they can be told in several. */
import type { Dataset } from "../data/dataset.ts";
import { tableDataset } from "../data/field-dataset.ts";
import type { Notice } from "../data/notice.ts";
import { scaleSeries } from "../data/series-units.ts";
import { VrnnError } from "../errors.ts";
import { type ModelFamily, type ModelOptions, modelDataOf } from "../models/family.ts";
import { type FamilyName, loadFamily } from "../models/loading.ts";
import { vrnn } from "../models/vrnn/family.ts";
import { shapeOf } from "../options.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LearnerName } from "../train/learner-names.ts";
import { learners } from "../train/learners.ts";
import { updatesPerEpoch, usualLength } from "../train/length.ts";
import { type TrainingOptions, trainingOptions } from "../train/options.ts";
import { centredData } from "../workbench/centres.ts";
import { chooseEmissions } from "../workbench/choose.ts";
import { usualWidth } from "../workbench/width.ts";
import type { Ways } from "./kept.ts";

/** What there is to learn from, and by what. */
export interface Material {
  /** As it was read. */
  readonly data: Dataset;
  readonly ways: Ways;
  readonly runtime: Runtime;
  readonly seed: number;
  readonly notice: Notice;
}

/** A model before it is trained: its data, and where a search sets out. */
export interface Prepared {
  readonly family: ModelFamily;
  readonly data: Dataset;
  readonly model: ModelOptions;
  readonly training: TrainingOptions;
}

/** Columns are told as usual: around their means. */
export const AS_USUAL: Ways = { emission: [], center: [] };

/** How the columns are told by models that can tell them in several ways; of music and drawings as usual. */
export async function chosenWays({
  data,
  runtime,
  seed,
  notice,
  signal,
}: Omit<Material, "ways"> & { readonly signal: AbortSignal }): Promise<Ways> {
  if ((data.modality?.name ?? "table") !== "table") return AS_USUAL;
  const [model, training] = [vrnn.options.parse({}), trainingOptions.parse({ seed })];
  const chosen = await chooseEmissions({ data, model, training, runtime, notice, signal });
  const { emission, center } = chosen.model as Pick<Ways, "emission" | "center">;
  const { scaleSteps } = chosen.data;
  return { emission, center, ...(scaleSteps !== undefined && { scaleSteps }) };
}

/** The data of models whose columns are told in these ways. */
export const toldData = (data: Dataset, { scaleSteps, ...ways }: Ways): Dataset =>
  centredData(
    scaleSteps === undefined || data.scaleSteps !== undefined ? data : scaleSeries(data, scaleSteps),
    ways,
  );

/** @throws VrnnError whatever keeps the family from modelling the data */
export async function prepared(name: FamilyName, material: Material): Promise<Prepared> {
  const { data: read, ways, seed, notice } = material;
  const family = await loadFamily(name);
  const isTold = "center" in shapeOf(family.options);
  const { emission, center } = ways;
  const data = isTold ? toldData(read, ways) : centredData(read, {});
  const options = family.options.parse(isTold ? { emission, center } : {});
  const steps = read.splits.train.reduce((sum, { length }) => sum + length, 0);
  const model = usualWidth(options, steps, notice);
  const usual = trainingOptions.parse({ ...family.usual?.training, seed });
  const learner = await learnerOf({ family, data, model, training: usual }, material.runtime);
  return { family, data, model, training: { ...usual, learner, ...(await lengthOf(data, usual, learner)) } };
}

/** Whatever else a family lists beside gradients suits it better, where its columns are such that it can be learnt so. */
async function learnerOf(
  { family, data, model, training }: Prepared,
  runtime: Runtime,
): Promise<LearnerName> {
  const built = family.build(modelDataOf(tableDataset(data).fields), model);
  const others = (family.learners as readonly LearnerName[]).filter((each) => each !== "gradient");
  for (const learner of others)
    try {
      const settings = { model: built, data, options: { ...training, learner }, runtime };
      await (await learners[learner].create(settings)).dispose();
      return learner;
    } catch (error) {
      if (!(error instanceof VrnnError)) throw error;
    }
  return "gradient";
}

/** The budget ends a training, or so many epochs that bring nothing better: never the number of epochs. */
const ENDLESS = 1_000_000;
/** An iteration of expectation maximisation moves more than an epoch of gradients. */
const PATIENT_ITERATIONS = 20;

async function lengthOf(
  data: Dataset,
  training: TrainingOptions,
  learner: LearnerName,
): Promise<Pick<TrainingOptions, "epochs" | "patience">> {
  if (learner !== "gradient") return { epochs: ENDLESS, patience: PATIENT_ITERATIONS };
  const updates = updatesPerEpoch(await tableDataset(data).splits.train.index(), training);
  return { epochs: ENDLESS, patience: usualLength(updates).patience };
}
