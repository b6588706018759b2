/**
 * The figures that the documents quote (docs/results):
 *
 *     npm run results -- --list [--json]     lists them
 *     npm run results -- ROW [--json]        measures one again and says how far it is from what is written
 *     npm run results -- --renew ROW ...     measures these again, with all rows of the same commands, and writes them;
 *                                            the name of an area stands for all its rows
 *     npm run results -- --write             makes the tables in the documents anew
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { again, measured, renewed } from "./results/again.mjs";
import { areas, fileOf, readRows, root } from "./results/rows.mjs";
import { documents, formatted, readTemplates, regenerated } from "./results/tables.mjs";

const usage = "npm run results -- --list | --write | ROW | --renew ROW ...   (--json: JSON on stdout)";
const { values, positionals } = parseArgs({
  options: {
    list: { type: "boolean" },
    write: { type: "boolean" },
    renew: { type: "boolean" },
    json: { type: "boolean" },
  },
  allowPositionals: true,
});

function list(rows) {
  if (values.json) return console.log(JSON.stringify(rows));
  const width = Math.max(...rows.map(({ row }) => row.length));
  for (const { row, value, unit, measure, model, verdict } of rows)
    console.log(
      `${row.padEnd(width)}  ${value} ${unit}: ${measure}, ${model}${verdict ? ` (${verdict})` : ""}`,
    );
}

function write(rows) {
  for (const { area, path } of areas()) {
    const own = rows.filter((row) => row.area === area).map(({ area: _, ...row }) => row);
    writeFileSync(path, fileOf(own));
  }
  const templates = readTemplates();
  for (const path of documents.map((file) => join(root, file)))
    writeFileSync(path, regenerated(readFileSync(path, "utf8"), templates, rows));
}

/** The row of a name, which can be measured. */
function measurable(name, rows) {
  const row = rows.find((each) => each.row === name);
  if (row === undefined) throw new Error(`there is no row ${name} (--list names them)`);
  if (row.command === null) throw new Error(`${name} cannot be measured again: ${row.note}`);
  return row;
}

/** All rows of an area that can be measured; undefined where there is no such area. */
function rowsOfArea(name, rows) {
  const own = rows.filter(({ area }) => area === name);
  return own.length === 0 ? undefined : own.filter(({ command }) => command !== null);
}

async function renew(names, rows) {
  const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const commit = { date: new Date().toISOString().slice(0, 10), commit: git("rev-parse", "--short", "HEAD") };
  let all = rows;
  const own = names.flatMap((name) => rowsOfArea(name, rows) ?? [measurable(name, rows)]);
  for (const command of new Set(own.map((row) => row.command))) {
    console.error(command);
    const now = await measured(command);
    all = all.map((row) => (row.command === command ? renewed(row, now, commit) : row));
    write(all);
    for (const [i, { row, command: own, value }] of all.entries())
      if (own === command) console.log(`${row}: ${rows[i].value} -> ${value}`);
  }
}

async function measure(name, rows) {
  const row = measurable(name, rows);
  if (!values.json) console.error(row.command);
  const { seconds, ...result } = await again(row);
  if (values.json)
    return console.log(JSON.stringify({ ...result, unit: row.unit, seconds, command: row.command }));
  const share = (100 * Math.abs(result.difference / row.value)).toFixed(2);
  console.log(`${name}: ${row.measure}, ${row.unit}`);
  console.log(`  written     ${row.value} (${row.date}, ${row.commit})`);
  console.log(`  found       ${result.found}`);
  console.log(`  difference  ${result.difference.toPrecision(3)}, ${share} % of it`);
  console.log(
    `  took        ${formatted(seconds, ".0")} s${row.seconds === null ? "" : `, ${row.seconds} s written`}`,
  );
}

try {
  const rows = readRows();
  if (values.list) list(rows);
  else if (values.write) write(rows);
  else if (values.renew && positionals.length > 0) await renew(positionals, rows);
  else if (positionals.length === 1) await measure(positionals[0], rows);
  else throw new Error(usage);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
