/** The options of `vrnn train` that belong to the run: a row each, by their place in its configuration. */
import { type Command, Option } from "commander";
import type { z } from "zod";
import { columnKinds } from "../data/dataset.ts";
import { DEFAULT_GRID } from "../data/playing.ts";
import { impliedKinds } from "../distributions/requests.ts";
import { VrnnError } from "../errors.ts";
import { modelFamilies } from "../models/families.ts";
import { priors } from "../models/vrnn/prior.ts";
import { initialStateNames } from "../models/vrnn/vrnn.ts";
import { cells } from "../nn/cells.ts";
import { dataSchema, type RunConfig } from "../run/run-config.ts";
import { trainingOptions } from "../train/options.ts";
import { schedules } from "../train/schedules.ts";
import { usageError } from "./errors.ts";
import { decimal, decimals, list, oneOf, pairs, wholeNumber } from "./parse.ts";

type Row = readonly [flags: string, help: string, parse?: (text: string, before: never) => unknown];

const cellNames = Object.keys(cells);
const scheduleNames = Object.keys(schedules);

const rows = {
  model: {
    hidden: ["--hidden <units>", "width of the hidden layers and of the state", wholeNumber],
    latent: ["--latent <units>", "latent variables per step", wholeNumber],
    layers: ["--layers <count>", "recurrent cells on top of each other", wholeNumber],
    cell: ["--cell <name>", `recurrent cell: ${cellNames.join(", ")}`, oneOf(cellNames)],
    residual: ["--no-residual", "a posterior mean of its own, not a correction of the prior's"],
    emission: [
      "--emission <names>",
      "output distributions: mixture, load=student-t for a column, bivariate for dx and dy of drawings",
      list,
    ],
    prior: [
      "--prior <name>",
      "of the latent variables: from the state, or standard (VRNN-I)",
      oneOf(Object.keys(priors)),
    ],
    layerNorm: ["--layer-norm", "layer normalisation of hidden layers and gates"],
    initial: [
      "--initial <name>",
      `state before the first step: ${initialStateNames.join(" or ")} (from --static and --covariates)`,
      oneOf(initialStateNames),
    ],
  },
  training: {
    epochs: ["--epochs <count>", "passes over the training data", wholeNumber],
    batchSize: ["--batch <sequences>", "sequences side by side", wholeNumber],
    window: ["--window <steps>", "steps after which back-propagation is cut", wholeNumber],
    learningRate: ["--lr, --learning-rate <rate>", "size of Adam's steps", decimal],
    schedule: [
      "--schedule <name>",
      `learning rate over time: ${scheduleNames.join(", ")}`,
      oneOf(scheduleNames),
    ],
    warmupSteps: ["--warmup <steps>", "steps over which the learning rate rises", wholeNumber],
    clip: ["--clip <norm>", "greatest norm of a gradient", decimal],
    weightDecay: ["--weight-decay <rate>", "decoupled weight decay of all matrices (AdamW)", decimal],
    decayGroups: [
      "--decay-group <name=rate>",
      "weight decay of parameters whose names begin so, such as cell=0.1; may be repeated",
      pairs(decimal),
    ],
    klWarmupSteps: [
      "--kl-warmup <steps>",
      "steps over which the divergence gets its full weight",
      wholeNumber,
    ],
    freeBits: ["--free-bits <nats>", "divergence per step and latent variable that costs nothing", decimal],
    dropout: ["--dropout <share>", "share of hidden values dropped in training", decimal],
    conditionDropout: [
      "--condition-dropout <share>",
      "share of training sequences whose conditions are withheld",
      decimal,
    ],
    patience: ["--patience <epochs>", "epochs without a better validation bound; 0: never stop", wholeNumber],
    seed: ["--seed <number>", "the same seed gives the same weights", wholeNumber],
    shards: ["--shards <count>", "parts of a batch computed at once, a core each", wholeNumber],
  },
  schema: {
    drop: ["--drop <columns>", "columns to leave out, by comma", list],
    only: ["--only <columns>", "the only columns to model, by comma", list],
    kinds: ["--kind <column=kind>", `${columnKinds.join(", ")}; may be repeated`, pairs(oneOf(columnKinds))],
    time: ["--time <column>", "the column that tells when each step was"],
    sequence: ["--sequence <column>", "the column that tells which sequence a row belongs to"],
    statics: ["--static <columns>", "columns that are not modelled but known of a whole sequence", list],
    covariates: ["--covariates <columns>", "columns that are not modelled but known in advance", list],
    split: ["--split <shares>", "of training, validation and test, such as 0.7,0.15,0.15", decimals],
    resolution: [
      "--resolution <column=step>",
      "the grid of a recorded column; may be repeated",
      pairs(decimal),
    ],
    grid: [
      "--grid <steps>",
      `MIDI: steps to a beat (default: ${DEFAULT_GRID}, sixteenth notes)`,
      wholeNumber,
    ],
    missing: ["--missing <words>", "further words that mean a missing entry, by comma", list],
  },
} as const satisfies Record<string, Readonly<Record<string, Row>>>;

type Section = keyof typeof rows;

/** Values by section and key. */
export type Given = Readonly<Record<Section, Readonly<Record<string, unknown>>>>;

const defaults: Given = {
  model: modelFamilies.vrnn.options.parse({}),
  training: trainingOptions.parse({}),
  schema: {},
};

const settings = (Object.keys(rows) as Section[]).flatMap((section) =>
  Object.entries<Row>(rows[section]).map(([key, row]) => ({
    section,
    key,
    option: optionOf(row, defaults[section][key]),
  })),
);

function optionOf([flags, help, parse]: Row, usual: unknown): Option {
  const isShown = typeof usual === "number" || typeof usual === "string";
  const option = new Option(flags, isShown ? `${help} (default: ${usual})` : help);
  return parse === undefined ? option : option.argParser(parse as (text: string, before: unknown) => unknown);
}

/** Declares the options. */
export function addSettings(command: Command): void {
  for (const { option } of settings) command.addOption(option);
}

/** What the user said on the command line; nothing is filled in. */
export function givenSettings(command: Command): Given {
  const given: Record<Section, Record<string, unknown>> = { model: {}, training: {}, schema: {} };
  for (const { section, key, option } of settings) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === "cli") given[section][key] = command.getOptionValue(name);
  }
  return given;
}

/** The parts of a configuration that options decide. */
export interface Settings {
  readonly model: RunConfig["model"];
  readonly training: RunConfig["training"];
  readonly schema: RunConfig["data"]["schema"];
}

/**
 * Checks what was given and fills in the rest. A distribution that is asked for a column says of what kind that is.
 *
 * @throws VrnnError `usage/option` when a value is out of its range.
 */
export function completeSettings(given: Given): Settings {
  const model = checked("model", modelFamilies.vrnn.options, given.model);
  const kinds = { ...impliedKinds(model["emission"] as readonly string[]), ...(given.schema["kinds"] ?? {}) };
  const schema = { ...given.schema, ...(Object.keys(kinds).length > 0 && { kinds }) };
  return {
    model,
    training: checked("training", trainingOptions, given.training),
    schema: checked("schema", dataSchema, schema),
  };
}

function checked<Output>(section: Section, schema: z.ZodType<Output>, values: unknown): Output {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw usageError(`option '${flagOf(section, String(issue?.path[0]))}': ${issue?.message}`);
}

/** The flag by which an option is known, "--learning-rate". */
function flagOf(section: Section, key: string): string {
  return settings.find((setting) => setting.section === section && setting.key === key)?.option.long ?? key;
}

/**
 * The configuration with which a run goes on: its own, or with more epochs. Options that repeat what the run has are
 * welcome.
 *
 * @throws VrnnError `run/settings` when an option says something else.
 */
export function resumedConfig(config: RunConfig, given: Given, at: string): RunConfig {
  const own: Given = { model: config.model, training: config.training, schema: config.data.schema };
  for (const { section, key, option } of settings) {
    const value = given[section][key];
    const differs = value !== undefined && JSON.stringify(value) !== JSON.stringify(own[section][key]);
    if (differs && key !== "epochs") throw settled(option, own[section][key], value, at);
  }
  const training = checked("training", trainingOptions, { ...config.training, ...given.training });
  if (training.epochs >= config.training.epochs) return { ...config, training };
  throw usageError(
    `option '--epochs': the run has ${config.training.epochs}`,
    "the number can only be raised",
  );
}

function settled({ long }: Option, own: unknown, value: unknown, at: string): VrnnError {
  const shown = (what: unknown) => (what === undefined ? "not set" : JSON.stringify(what));
  return new VrnnError(
    "run/settings",
    `${long} is ${shown(own)} in this run and cannot become ${shown(value)}`,
    {
      at,
      remedy: "leave the option out, or start another run with --out",
    },
  );
}
