import { calibrate } from "./calibrate.ts";
import type { CliCommand } from "./command.ts";
import { demo } from "./demo.ts";
import { encode } from "./encode.ts";
import { evaluate } from "./evaluate.ts";
import { exportRun } from "./export.ts";
import { filter } from "./filter.ts";
import { forecast } from "./forecast.ts";
import { impute } from "./impute.ts";
import { info } from "./info.ts";
import { reconstruct } from "./reconstruct.ts";
import { record } from "./record.ts";
import { sample } from "./sample.ts";
import { score } from "./score.ts";
import { train } from "./train.ts";
import { watch } from "./watch.ts";

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [
  train,
  evaluate,
  score,
  sample,
  watch,
  exportRun,
  forecast,
  calibrate,
  filter,
  impute,
  encode,
  reconstruct,
  info,
  demo,
  record,
];
