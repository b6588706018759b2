/** What options mean beside those that a run has already. */
import { isEncoder } from "../data/encoder-path.ts";
import { VrnnError } from "../errors.ts";
import { modelFamilies } from "../models/families.ts";
import type { ModelOptions } from "../models/family.ts";
import type { FamilyName } from "../models/loading.ts";
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import { type DataSchema, dataSchema } from "../run/data-schema.ts";
import type { RunConfig } from "../run/run-config.ts";
import { trainingOptions } from "../train/options.ts";

/** What was said of a run, nothing filled in. */
export interface Given {
  readonly family?: FamilyName | undefined;
  readonly model?: unknown;
  readonly training?: object | undefined;
  readonly schema?: object | undefined;
}

/**
 * Makes the configuration with which a run goes on: its own, or with more epochs. Options that repeat what the run has
 * are welcome.
 *
 * @throws VrnnError `run/settings` when an option says something else.
 */
export function resumedConfig(
  { family, model, training = {}, schema = {} }: Given,
  config: RunConfig,
  at: string,
): RunConfig {
  if (family !== undefined) requireSame("--model", config.family, family, at);
  const sections = [
    [modelFamilies[config.family].options, config.model, model ?? {}],
    [trainingOptions, config.training, training],
    [dataSchema, config.data.schema, schema],
  ] as const;
  for (const [options, own, given] of sections) {
    const shape = shapeOf(options);
    for (const [key, value] of Object.entries(given)) {
      const flag = flagName((shape[key] && metaOf(shape[key]).flag) ?? key);
      if (key !== "epochs" && !isMoved(key, own, value))
        requireSame(flag, (own as ModelOptions)[key], value, at);
    }
  }
  const data = { ...config.data, schema: { ...config.data.schema, ...movedIn(schema) } };
  const longer = trainingOptions.parse({ ...config.training, ...training });
  if (longer.epochs >= config.training.epochs) return { ...config, data, training: longer };
  throw usageError(
    `option '--epochs': the run has ${config.training.epochs}`,
    "the number can only be raised",
  );
}

/** Whether an option says where something is, which may change: that it is the same is told by its checksum. */
const isMoved = (key: string, own: ModelOptions, given: unknown): boolean =>
  key === "features" && [own[key], given].every((path) => isEncoder(String(path)));

const movedIn = ({ features }: Pick<DataSchema, "features">): Pick<DataSchema, "features"> =>
  features !== undefined && isEncoder(features) ? { features } : {};

function requireSame(flag: string, own: unknown, given: unknown, at: string): void {
  if (JSON.stringify(own) === JSON.stringify(given)) return;
  const shown = (what: unknown) => (what === undefined ? "not set" : JSON.stringify(what));
  throw new VrnnError(
    "run/settings",
    `${flag} is ${shown(own)} in this run and cannot become ${shown(given)}`,
    {
      at,
      remedy: "leave the option out, or start another run with --out",
    },
  );
}
