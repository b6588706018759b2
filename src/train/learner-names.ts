/** The name of a way to learn; what each is stands in `learners.ts`. */
export type LearnerName = "gradient" | "em";

/** Every way to learn. */
export const learnerNames = ["gradient", "em"] as const satisfies readonly LearnerName[];

/** The options of training that a learner reads; all of them unless told. */
export const learnerReads: Readonly<Partial<Record<LearnerName, readonly string[]>>> = {
  em: ["learner", "epochs", "patience", "seed", "batchSize", "shards"],
};
