import type { Frames } from "../data/audio/frames.ts";
import type { Sound } from "../data/audio/sound.ts";
import { encodeWav } from "../data/audio/wav-encode.ts";
import type { ConditionColumn } from "../data/dataset.ts";
import { type Ears, earsOf } from "../data/speech/ears.ts";
import { knownOfSpeech, type SpeechKnowledge } from "../data/speech/knowledge.ts";
import { framesAfter, soundOf } from "../data/speech/sound-of-steps.ts";
import { lengthOf, type Spoken } from "../data/speech/voices.ts";
import { VrnnError } from "../errors.ts";
import { latentsBetween, type Recording, Speaker, type Utterance } from "../inference/speech/speaker.ts";
import { option, usageError } from "../options.ts";
import { Random } from "../random/generator.ts";
import { counted, listed } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Context, filesOf } from "./context.ts";
import { type Event, type FileMade, note } from "./event.ts";
import { readPath, seed } from "./inputs.ts";
import { operation } from "./usual.ts";
import { writtenFile } from "./written-inputs.ts";

const text = (flag: string, help: string) =>
  option(z.optional(z.string().check(z.minLength(1))), { flag, help });

const spread = (flag: string, help: string, usual: number) =>
  option(z._default(z.number().check(z.gt(0), z.maximum(100)), usual), { flag, help });

const input = z.strictObject({
  text: text("--text <words>", "what is said; drawn of what training says unless told"),
  speaker: text("--speaker <name>", "who says it; drawn of those of training unless told"),
  seconds: option(z.optional(z.number().check(z.gt(0), z.maximum(600))), {
    flag: "--seconds <length>",
    help: "how long it takes in all; as long as it takes in training unless told",
  }),
  count: option(z.optional(z.int().check(z.minimum(1), z.maximum(10_000))), {
    flag: "--count <utterances>",
    help: "how many, each by draws of its own (default: 1)",
  }),
  temperature: spread(
    "--temperature <factor>",
    "of the sound given the latent variables, but not of when it ends; less is tamer",
    0.75,
  ),
  latentTemperature: spread("--latent-temperature <factor>", "of the latent variables", 1),
  after: readPath("--after <file>", "a recording that is gone on with"),
  of: readPath("--of <file>", "a recording that is said by another, by its latent variables"),
  between: readPath(
    "--between <file>",
    "a recording: what lies between its latent variables and those of another, --and",
  ),
  and: readPath("--and <file>", "the other recording"),
  by: text("--by <name>", "who speaks in the recording; found out unless told"),
  points: option(z.optional(z.int().check(z.minimum(2), z.maximum(1000))), {
    flag: "--points <count>",
    help: "how many utterances between two, both ends among them (default: 5)",
  }),
  out: writtenFile("--out <file>", "where it goes, several as speech-1.wav … (default: speech.wav)", ".wav"),
  seed: seed("the same seed says the same"),
});

type SpeakInput = z.output<typeof input>;

/** An utterance as sound. */
export interface SpokenSound {
  readonly text: string | undefined;
  readonly speaker: string | undefined;
  readonly sound: Sound;
  /** Whether the model said that it is over. */
  readonly ended: boolean;
}

export const speak = operation({
  input,
  output: "figures",
  async *run(context, asked): AsyncGenerator<Event<SpokenSound[]>> {
    refuseTogether(asked);
    const { config, model, weights } = await context.run();
    const known = knownOfSpeech(config.modality);
    const ears = earsOf(known.hearing);
    if (ears === undefined || known.hearing.features === "cepstra") throw cannotSpeak(context);
    const desk = new Desk(known, config.fields["condition"], asked);
    const recordings = await recordingsOf(context, ears, asked);
    const { fields } = config;
    const speaker = new Speaker({
      ...{ runtime: await context.runtime(), model, weights, fields, hearing: known.hearing },
      ...{ seed: asked.seed, temperature: asked.temperature, latentTemperature: asked.latentTemperature },
    });
    const said = yield* utterances(speaker, desk, recordings, asked);
    const value = said.map(
      ({ frames, spoken, ended }, i): SpokenSound => ({
        ...{ text: spoken.text, speaker: spoken.speaker, ended },
        sound: soundOf(known.hearing, frames, { seed: asked.seed + i }),
      }),
    );
    const { out = "speech.wav" } = asked;
    const files = value.map(
      ({ sound }, i): FileMade => ({
        path: value.length === 1 ? out : numberedFile(out, i + 1),
        content: () => encodeWav(sound),
      }),
    );
    yield { type: "artifacts", files };
    for (const line of linesOf(value, files)) yield note(line);
    const told = value.map(({ text, speaker, ended, sound }, i) => ({
      ...{ file: files[i]!.path, text, speaker, ended },
      seconds: secondsOf(sound),
    }));
    yield { type: "result", value, summary: { run: context.files?.path, utterances: told } };
  },
});

/** `seven.wav` → `seven-2.wav` */
const numberedFile = (path: string, number: number): string => path.replace(/(\.[^./\\]*)?$/, `-${number}$1`);

const secondsOf = ({ rate, channels }: Sound): number => channels[0]!.length / rate;

/** What there is to say of what was said. */
function linesOf(said: readonly SpokenSound[], files: readonly FileMade[]): string[] {
  const open = said.filter(({ ended }) => !ended).length;
  const words = ({ text, speaker, sound }: SpokenSound) =>
    [
      text === undefined ? [] : [`"${text}"`],
      speaker === undefined ? [] : [`by ${speaker}`],
      `${secondsOf(sound).toFixed(2)} s`,
    ]
      .flat()
      .join(", ");
  return [
    ...said.slice(0, MOST_TOLD).map((each, i) => `${files[i]!.path}: ${words(each)}`),
    ...(said.length > MOST_TOLD ? [`${said.length - MOST_TOLD} more like these`] : []),
    ...(open > 0
      ? [`${open} of ${counted(said.length, "utterance")} did not come to an end by themselves`]
      : []),
  ];
}

/** So many utterances are told one by one. */
const MOST_TOLD = 10;

function refuseTogether({ after, of, between, and, by, points, count, seconds }: SpeakInput): void {
  const sources = Object.entries({ after, of, between }).filter(([, path]) => path !== undefined);
  const flags = sources.map(([name]) => `--${name}`);
  if (flags.length > 1)
    throw usageError(`${listed(flags, flags.length)} exclude each other`, "leave all but one of them out");
  if ((between === undefined) !== (and === undefined))
    throw usageError("what lies between needs two recordings", "give --between a.wav --and b.wav");
  if (by !== undefined && flags.length === 0)
    throw usageError(
      "option '--by': there is no recording",
      "add --of <recording>, or name who is to speak: --speaker",
    );
  if (points !== undefined && between === undefined)
    throw usageError(
      "option '--points': there is nothing between",
      "add --between a.wav --and b.wav, or say --count",
    );
  if (count !== undefined && between !== undefined)
    throw usageError("option '--count': what lies between is told by --points", "leave it out");
  if (seconds !== undefined && (of !== undefined || between !== undefined))
    throw usageError("option '--seconds': it takes as long as the recording", "leave it out");
}

const cannotSpeak = ({ files }: Context): VrnnError =>
  new VrnnError("speech/no-voice", "no sound can be made of what this run was trained on", {
    ...(files && { at: files.path }),
    remedy: "train one that speaks: vrnn train <folder with recordings> --model voice",
  });

/** The recordings that are named, as the model hears them. */
async function recordingsOf(
  context: Context,
  ears: Ears,
  { after, of, between, and }: SpeakInput,
): Promise<{ readonly name: string; readonly frames: Frames }[]> {
  const paths = [after, of, between, and].filter((path) => path !== undefined);
  return Promise.all(
    paths.map(async (path) => {
      const frames = ears.frames(await filesOf(context).samples(path, ears.rate));
      if (frames.length > 0) return { name: path, frames };
      throw new VrnnError("data/sound", "the recording is shorter than a frame", {
        at: path,
        remedy: "give a longer one",
      });
    }),
  );
}

/** Says what was asked for. */
async function* utterances(
  speaker: Speaker,
  desk: Desk,
  recordings: readonly Omit<Recording, "spoken">[],
  { after, of, between, count = 1, points = 5 }: SpeakInput,
): AsyncGenerator<Event<never>, Utterance[]> {
  const [first, second] = recordings;
  if (first === undefined) return speaker.say(desk.asked(count));
  if (after !== undefined) {
    const heard = yield* desk.heard(speaker, first, desk.beginning(first.frames.length));
    const said = await speaker.continued(first.frames, desk.goingOn(count, heard, first.frames.length));
    return said.map((each) => ({ ...each, frames: framesAfter(first.frames, each.frames) }));
  }
  const heard: Recording[] = [];
  for (const each of [first, second].filter((recording) => recording !== undefined))
    heard.push({
      ...each,
      spoken: yield* desk.heard(speaker, each, desk.ways(each.frames.length, of !== undefined)),
    });
  const encoded = await speaker.encoded(heard);
  const [one, other] = encoded as [(typeof encoded)[0], (typeof encoded)[0]];
  if (between === undefined) {
    const spoken = Array.from({ length: count }, () => desk.instead(one.spoken));
    return speaker.decoded(
      spoken,
      spoken.map(() => one.latents),
    );
  }
  const shares = Array.from({ length: points }, (_, i) => i / (points - 1));
  const spoken = shares.map((share) =>
    desk.instead({
      ...(share < 0.5 ? one : other).spoken,
      length: Math.round((1 - share) * one.spoken.length + share * other.spoken.length),
    }),
  );
  return speaker.decoded(
    spoken,
    shares.map((share, i) => latentsBetween([one, other], share, spoken[i]!.length)),
  );
}

/** Knows what a run can be asked to say, and what was asked. */
class Desk {
  private readonly known: SpeechKnowledge;
  private readonly levels: Readonly<Record<"text" | "speaker", readonly string[]>>;
  private readonly input: SpeakInput;

  /** @throws VrnnError `speech/unknown` for a text or a speaker that the run does not know */
  constructor(known: SpeechKnowledge, condition: unknown, asked: SpeakInput) {
    const columns = (condition as { columns?: readonly ConditionColumn[] } | undefined)?.columns ?? [];
    const levelsOf = (name: string) => columns.find((column) => column.name === name)?.levels ?? [];
    this.known = known;
    this.levels = { text: levelsOf("text"), speaker: levelsOf("speaker") };
    this.input = asked;
    this.require("text", asked.text);
    this.require("speaker", asked.speaker, "--speaker");
    this.require("speaker", asked.by, "--by");
  }

  /** What is to be said from nothing; what was not asked for is drawn. */
  asked(count: number): Spoken[] {
    return Array.from({ length: count }, (_, i) => {
      const random = Random.stream(this.input.seed, "asked", i);
      const drawn = (name: "text" | "speaker") => this.input[name] ?? oneOf(this.levels[name], random);
      const [text, speaker] = [drawn("text"), drawn("speaker")];
      return { text, speaker, length: this.lengthFor({ text, speaker }, random) };
    });
  }

  /** The same of what begins as a recording does, which somebody says. @param begun its length */
  goingOn(count: number, { text, speaker }: Spoken, begun: number): Spoken[] {
    return Array.from({ length: count }, (_, i) => {
      const length = this.lengthFor({ text, speaker }, Random.stream(this.input.seed, "asked", i));
      const isTold = this.input.seconds !== undefined;
      return { text, speaker, length: isTold ? length : Math.max(length, begun + Math.ceil(begun / 4) + 1) };
    });
  }

  /** How the beginning of an utterance may be taken, of which it is not known how long it will be. */
  beginning(begun: number): Spoken[] {
    return this.ways(begun, false).map((way) => ({
      ...way,
      length: Math.max(begun + 1, this.lengthFor(way, undefined)),
    }));
  }

  /**
   * How a recording may be taken: what was said in it, and by whom, as far as that is not told.
   *
   * @param instead whether another speaker is asked for than who speaks in it
   */
  ways(length: number, instead: boolean): Spoken[] {
    const { text, by, speaker } = this.input;
    const who = by ?? (instead ? undefined : speaker);
    const each = (told: string | undefined, levels: readonly string[]) =>
      told !== undefined || levels.length === 0 ? [told] : levels;
    return each(text, this.levels.text).flatMap((said) =>
      each(who, this.levels.speaker).map((name) => ({ text: said, speaker: name, length })),
    );
  }

  /** Which of some ways to take a recording fits it best. */
  async *heard(
    speaker: Speaker,
    recording: Omit<Recording, "spoken">,
    ways: readonly Spoken[],
  ): AsyncGenerator<Event<never>, Spoken> {
    if (ways.length === 1) return ways[0]!;
    const found = await speaker.likeliest(recording, ways);
    const words = [
      ...(found.text === undefined ? [] : [`"${found.text}"`]),
      ...(found.speaker === undefined ? [] : [`by ${found.speaker}`]),
    ].join(" ");
    yield note(`${recording.name} is taken for ${words}, the likeliest of ${ways.length}`);
    return found;
  }

  /** What is said in the place of what was. */
  instead(spoken: Spoken): Spoken {
    const { text = spoken.text, speaker = spoken.speaker } = this.input;
    return { text, speaker, length: spoken.length };
  }

  /** In steps. @param random draws one of the lengths of training; the middle one unless told */
  private lengthFor(spoken: Omit<Spoken, "length">, random: Random | undefined): number {
    const { hearing, durations = [] } = this.known;
    const { seconds } = this.input;
    const rate = hearing.frameRate / hearing.stack;
    if (seconds !== undefined) return Math.max(1, Math.round(seconds * rate));
    return lengthOf(durations, spoken, random?.uniform() ?? 0.5) ?? Math.ceil(rate);
  }

  private require(name: "text" | "speaker", asked: string | undefined, flag = `--${name}`): void {
    const levels = this.levels[name];
    if (asked === undefined || levels.includes(asked)) return;
    const [what, who] = name === "text" ? ["what is said", "says"] : ["who speaks", "knows"];
    if (levels.length === 0)
      throw new VrnnError("speech/unknown", `the run is not told ${what}`, {
        at: flag,
        remedy: "leave it out",
      });
    throw new VrnnError("speech/unknown", `training ${who} no "${asked}"`, {
      at: flag,
      remedy: `give one of ${listed(levels, MOST_NAMED)}`,
    });
  }
}

const MOST_NAMED = 30;

const oneOf = (levels: readonly string[], random: Random): string | undefined =>
  levels.length === 0 ? undefined : levels[random.integer(levels.length)];
