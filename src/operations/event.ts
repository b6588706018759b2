import type { ResultEvent, RunTrainingEvent } from "../workbench/train.ts";

/** What an operation tells while it works; whoever runs it decides what is shown, kept and passed on. */
export type Event<Result = unknown> =
  | NoteEvent
  | TrainingProgress
  | ClockProgress
  | WorkProgress
  | LinesEvent
  | AnswerEvent
  | PartialEvent
  | ArtifactsEvent
  | StoppedEvent
  | ResultOf<Result>;

/** A line for the person who waits. */
export interface NoteEvent {
  readonly type: "note";
  readonly text: string;
}

/** How training goes. */
export interface TrainingProgress {
  readonly type: "training";
  /** How many epochs there will be. */
  readonly epochs: number;
  readonly event: Exclude<RunTrainingEvent, ResultEvent>;
}

/** How much of a known time is over, in seconds. */
export interface ClockProgress {
  readonly type: "clock";
  readonly time: number;
  readonly of: number;
  /** What goes on. */
  readonly what?: string;
}

/** How much of some work is done: where it is told again and again, the rate and the time left follow. */
export interface WorkProgress {
  readonly type: "work";
  readonly done: number;
  readonly of: number;
  /** What is counted: `forecasts`. */
  readonly what: string;
}

/** Figures for a person to read, beside the table where there is one; the result holds them for programs. */
export interface LinesEvent {
  readonly type: "lines";
  readonly lines: readonly string[];
}

/** One answer of a stream of them: a line of data, its end included. */
export interface AnswerEvent {
  readonly type: "answer";
  readonly text: string;
}

/** An answer that is still being made: on a terminal its line is written anew with each change. */
export interface PartialEvent {
  readonly type: "partial";
  /** What stays, and what may change yet. */
  readonly stable: string;
  readonly rest: string;
}

/** What was made, complete: nothing is written before all of it is there. */
export interface ArtifactsEvent {
  readonly type: "artifacts";
  readonly files: readonly Artifact[];
}

/** What is written: a text, in one or in pieces, or bytes. */
export type Content = string | Uint8Array | Iterable<string>;

/** One thing that was made. Its content is put together when it is wanted. */
export interface Artifact {
  /** Where it goes; without a place it is what the operation prints. */
  readonly path: string | undefined;
  readonly content: () => Content | Promise<Content>;
}

/** One that is made in a file. */
export type FileMade = Artifact & { readonly path: string };

/** The work ended early, as it was asked to. */
export interface StoppedEvent {
  readonly type: "stopped";
  readonly text: string;
}

/** What came out; it is told last. */
export interface ResultOf<Result> {
  readonly type: "result";
  /** For the program that runs the operation. */
  readonly value: Result;
  /** For the programs that read its output: what JSON can hold. */
  readonly summary: object;
}

export const note = (text: string): NoteEvent => ({ type: "note", text });

/** Something that is made only where it was said where it goes. */
export const made = (path: string | undefined, content: Artifact["content"]): Artifact[] =>
  path === undefined ? [] : [{ path, content }];
