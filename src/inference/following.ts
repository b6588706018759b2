/** The ways to follow sequences: live, and whole ones by the same numbers, of which thresholds are learned. */
import type { Follower } from "./follower.ts";
import { scoreByParticles } from "./particle-scores.ts";
import { ParticleStream } from "./particle-stream.ts";
import { type ScoreOptions, type StepScores, scoreSequences } from "./score.ts";
import { Stream, type StreamOptions } from "./stream.ts";

/** A way to follow sequences. */
export interface Following {
  /** Whether a follower has a state to go on from; without, none is taken. */
  readonly keepsState: boolean;
  /** @throws VrnnError `model/...` for a model that cannot be followed so, `stream/state` for a state that does not fit. */
  open(options: Omit<StreamOptions, "draws">): Promise<Follower>;
  /** The scores that a follower gives, of whole sequences at once. */
  score(options: ScoreOptions): Promise<readonly StepScores[]>;
}

const byPosterior: Following = {
  keepsState: true,
  open: (options) => Stream.open(options),
  score: scoreSequences,
};

const byParticles = (particles: number): Following => ({
  keepsState: false,
  open: ({ state: _, ...options }) => ParticleStream.open({ ...options, particles }),
  score: (options) => scoreByParticles({ ...options, particles }),
});

/**
 * Every way by its name.
 *
 * @example
 * const stream = await followings.particles(100).open({ runtime, model, weights, columns, seed: 1 });
 */
export const followings = {
  /** By the model's own posterior of each step, amortised: one network tells it of every step. */
  posterior: () => byPosterior,
  /** By a particle filter of so many particles. */
  particles: byParticles,
} as const satisfies Record<string, (particles: number) => Following>;

/** The name of a way to follow sequences. */
export type FollowingName = keyof typeof followings;

export const followingNames = Object.keys(followings) as [FollowingName, ...FollowingName[]];
