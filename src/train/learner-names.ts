/** The name of a way to learn; what each is stands in `learners.ts`. */
export type LearnerName = "gradient" | "em";

/** Every way to learn. */
export const learnerNames = ["gradient", "em"] as const satisfies readonly LearnerName[];
