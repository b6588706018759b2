/** Every way to learn; what each is stands in `learners.ts`. */
export const learnerNames = ["gradient", "em"] as const;

/** The name of a way to learn. */
export type LearnerName = (typeof learnerNames)[number];
