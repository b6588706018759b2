import { isQuantity } from "../calibration/recalibrate.ts";
import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { quoted } from "../legible.ts";
import { type MeasureName, measureNames } from "../metrics/forecast-measures.ts";
import { option } from "../options.ts";
import { backtestContent } from "../report/backtest.ts";
import { listed } from "../words/figures.ts";
import { nearest } from "../words/nearest.ts";
import * as z from "../zod.ts";
import { Bench } from "./backtest/bench.ts";
import { historiesOf, plansOf, seasonsFor } from "./backtest/plan.ts";
import { summaryOf, tableLines, tableText } from "./backtest/table.ts";
import { backtestVerdict, type ForecasterResult, type Verdict } from "./backtest/verdict.ts";
import type { Context } from "./context.ts";
import { nothingDraws } from "./drawing.ts";
import { type Artifact, type Event, made, note } from "./event.ts";
import { context, contextLength } from "./history.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { writtenFile } from "./written-inputs.ts";

const steps = (flag: string, help: string) => option(z.optional(z.int().check(z.minimum(1))), { flag, help });

/** What a verdict may go by: how often intervals hold says nothing alone. */
const measures = measureNames.filter((name) => name !== "coverage") as [MeasureName, ...MeasureName[]];

const input = z.strictObject({
  horizon: atLeastOne("--horizon <steps>", "how far ahead", 24),
  origins: steps(
    "--origins <count>",
    "forecasts of each sequence, the last ones (default: as many as fit, about 200 in all)",
  ),
  every: steps("--every <steps>", "from one forecast to the next (default: the horizon)"),
  season: steps(
    "--season <steps>",
    "of the rules that have one; 1 is none (default: found in what was before)",
  ),
  columns: option(z.optional(z.array(z.string())), {
    flag: "--columns <names>",
    help: "the columns that are judged, by comma (default: all that are quantities)",
  }),
  measure: option(z._default(z.enum(measures), "wql"), {
    flag: "--measure <name>",
    help: `what the verdict goes by: ${measures.join(", ")}`,
  }),
  samples: atLeastOne("--samples <count>", "particles of each forecast", 200),
  context: context(),
  calibrate: option(z._default(z.boolean(), true), {
    flag: "--no-calibrate",
    help: "the model's own means and quantiles, not put right by how earlier forecasts turned out",
  }),
  out: writtenFile("--out <file>", "where a row for each forecaster and column goes, if anywhere (CSV)"),
  picture: writtenFile("--picture <file>", "where a picture goes, if anywhere (SVG)", ".svg"),
  seed: seed("the same seed gives the same figures"),
});

type Input = z.output<typeof input>;

/** What a backtest came to. */
export interface BacktestResult extends Verdict {
  /** The model first, then the rules. */
  readonly forecasters: readonly ForecasterResult[];
}

export const backtest = operation({
  input,
  output: "figures",
  async *run(context, input): AsyncGenerator<Event<BacktestResult>> {
    const subject = await subjectOf(context, "backtest");
    const { columns } = subject.settings;
    const judged = judgedOf(columns, input.columns);
    const { horizon, every, origins: count, measure } = input;
    const plans = plansOf(context, subject, { horizon, every, count });
    const seasons = seasonsFor(context, columns, plans, input.season);
    const bench = new Bench({ columns, judged, plans, horizon, season: seasons[0] ?? 1 });
    const { columnRules } = await import("./backtest/rules.ts"); // linear algebra comes with them
    const joint =
      columns.length > 1
        ? (await import("./backtest/joint-rule.ts")).varRule(columns, historiesOf(plans))
        : undefined;
    yield* bench.judgeRules([...columnRules(seasons), ...(joint ? [joint] : [])]);
    const maps = input.calibrate
      ? yield* (await import("./backtest/maps.ts")).mapsOf(context, subject, plans, horizon)
      : undefined;
    const { samples: particles, seed } = input;
    yield* bench.judgeModel(
      { ...subject.settings, particles, seed, context: contextLength(input.context) },
      maps,
    );
    const results = bench.results();
    const verdict = backtestVerdict(results, measure);
    yield { type: "lines", lines: [...tableLines(results, columns.length > 1), verdict.sentence] };
    yield* written(context, input, { bench, columns, judged, verdict });
    const told = { horizon, sequences: plans.length, origins: bench.count, seasons, seed };
    const summary = { ...told, ...verdict, forecasters: summaryOf(results, judged) };
    yield { type: "result", value: { ...verdict, forecasters: results }, summary };
  },
});

/** The columns that are judged. @throws VrnnError `backtest/column`, `backtest/no-quantity` */
function judgedOf(columns: readonly Column[], names: readonly string[] | undefined): readonly Column[] {
  const quantities = columns.filter(isQuantity);
  if (quantities.length === 0)
    throw new VrnnError(
      "backtest/no-quantity",
      "no column is a quantity, and simple rules forecast no other",
    );
  const known = quantities.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown === undefined) return quantities.filter(({ name }) => names?.includes(name) ?? true);
  const meant = nearest(unknown, known);
  throw new VrnnError("backtest/column", `there is no quantity ${quoted(unknown)}`, {
    remedy: meant === undefined ? `there are ${listed(known, 6)}` : `did you mean ${meant}?`,
  });
}

/** What there is to write. */
interface Told {
  readonly bench: Bench;
  readonly columns: readonly Column[];
  readonly judged: readonly Column[];
  readonly verdict: Verdict;
}

/** The files that were asked for. */
async function* written(
  { pictures }: Context,
  { out, picture, measure, horizon }: Input,
  { bench, columns, judged, verdict }: Told,
): AsyncGenerator<Event<never>> {
  const results = bench.results();
  const files: Artifact[] = made(out, () => tableText(results, judged));
  if (picture !== undefined) {
    if (pictures === undefined) throw nothingDraws();
    const draw = await pictures.backtest();
    const content = backtestContent(results, bench.shown, {
      columns,
      judged: judged[0]!,
      measure,
      horizon,
      rule: verdict.rule,
    });
    files.push({ path: picture, content: () => draw(content) });
  }
  if (files.length === 0) return;
  yield { type: "artifacts", files };
  yield note(`written to ${[out, picture].filter((path) => path !== undefined).join(" and ")}`);
}
