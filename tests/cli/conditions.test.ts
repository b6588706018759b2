/** What is known beside the data, from the command line: training, sampling and forecasting under conditions. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const random = Random.stream(4, "shops");

/** Sales of a shop that follow its size and the price of the day. */
function shopRows(shop: number): string[] {
  const size = 1 + random.integer(5);
  return Array.from({ length: 30 }, (_, t) => {
    const price = 10 + random.integer(4);
    const sales = 3 * size - price + 0.3 * random.normal();
    return `s${shop},${t},${sales.toFixed(2)},${size},${shop % 2 ? "north" : "south"},${price}`;
  });
}

beforeAll(async () => {
  const rows = Array.from({ length: 24 }, (_, shop) => shopRows(shop)).flat();
  writeFileSync(join(folder, "shops.csv"), `shop,t,sales,size,site,price\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "prices.csv"), `price\n${"10\n13\n".repeat(6)}`);
  const known = ["--static", "size,site", "--covariates", "price", "--initial", "learned"];
  const small = [
    "--hidden",
    "16",
    "--latent",
    "2",
    "--epochs",
    "40",
    "--lr",
    "0.01",
    "--condition-dropout",
    "0.1",
  ];
  const trained = await run("train", "shops.csv", "--sequence", "shop", ...known, ...small);
  expect(trained.stderr).toMatch(/column "price" is not modelled but known \(covariate\)/);
  expect(trained.status).toBe(0);
});

const salesOf = (path: string) =>
  readFileSync(join(folder, path), "utf8").trimEnd().split("\n").slice(1).map(Number);
const mean = (values: readonly number[]) => values.reduce((all, value) => all + value, 0) / values.length;

test("samples obey what is given: a larger shop sells more, a lower price too", async () => {
  const made = async (size: number) => {
    const given = ["--given", `size=${size}`, "--given", "site=north", "--future", "prices.csv"];
    const { status, stderr } = await run(
      "sample",
      "runs/shops",
      "--count",
      "4",
      "--steps",
      "12",
      ...given,
      "--out",
      `s${size}`,
    );
    expect(status).toBe(0);
    expect(stderr).not.toContain("lies outside");
    return [1, 2, 3, 4].flatMap((i) => salesOf(`s${size}/sample-${i}.csv`));
  };
  const [small, large] = [await made(1), await made(5)];
  expect(mean(large) - mean(small)).toBeGreaterThan(6); // 12 in truth
  const at = (price: number) => large.filter((_, i) => i % 2 === (price === 10 ? 0 : 1));
  expect(mean(at(10)) - mean(at(13))).toBeGreaterThan(1.5); // 3 in truth
});

test("a condition beyond those of training is told of", async () => {
  const { stderr } = await run(
    "sample",
    "runs/shops",
    "--given",
    "size=500",
    "--count",
    "1",
    "--out",
    "huge",
  );
  expect(stderr).toMatch(/^note: --given size=500 lies outside what training had \(1 to 5\)$/m);
});

test("a forecast takes covariates of the steps to come", async () => {
  const forecast = ["forecast", "runs/shops", "--horizon", "12", "--samples", "50", "--no-calibrate"];
  const { status, stdout } = await run(...forecast, "--future", "prices.csv", "--quantiles", "0.5");
  expect(status).toBe(0);
  const rows = stdout
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((row) => row.split(","));
  const medians = (odd: number) => rows.filter((_, i) => i % 2 === odd).map((row) => Number(row.at(-1)));
  expect(mean(medians(0)) - mean(medians(1))).toBeGreaterThan(1.5); // 3 in truth
});

describe("covariates of the steps to come, of several sequences:", () => {
  const forecast = (...more: string[]) =>
    run("forecast", "runs/shops", "--horizon", "4", "--samples", "20", "--no-calibrate", ...more);
  /** The names of the sequences of the test split. */
  const names = async () => {
    const { stdout } = await forecast("--future", "prices.csv");
    return [
      ...new Set(
        stdout
          .trimEnd()
          .split("\n")
          .slice(1)
          .map((row) => row.split(",")[0]!),
      ),
    ];
  };
  const medians = (stdout: string, name: string) =>
    stdout
      .split("\n")
      .filter((row) => row.startsWith(`${name},`))
      .map((row) => Number(row.split(",").at(-2)));
  /** A table of the wanted shops, in which one has high prices and all others low ones. */
  const table = (column: string, shops: readonly string[], steps = 4) =>
    `${column},price\n${shops.flatMap((shop, i) => Array(steps).fill(`${shop},${i === 0 ? 13 : 10}\n`)).join("")}`;
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);

  test("a table without names serves all, which is told", async () => {
    const { status, stderr } = await forecast("--future", "prices.csv");
    expect(status).toBe(0);
    expect(stderr).toMatch(/prices.csv does not name its sequence: its covariates serve all \d+ sequences/);
  });

  test("a column of another name that holds the sequences' names is matched, and that is told", async () => {
    const shops = await names();
    expect(shops.length).toBeGreaterThan(2);
    write("stores.csv", table("store", shops));
    write("named.csv", table("shop", shops));
    const [other, own] = [await forecast("--future", "stores.csv"), await forecast("--future", "named.csv")];
    expect([other.status, own.status]).toEqual([0, 0]);
    expect(other.stderr).toMatch(/matched to sequences by the column "store"/);
    expect(other.stdout).toBe(own.stdout);
    const { stdout: low } = await forecast("--future", "prices.csv");
    // 13 in the place of 10, 13, 10, 13: fewer sales at the first step, the same at the second.
    const [dear, mixed] = [medians(own.stdout, shops[0]!), medians(low, shops[0]!)];
    expect(mixed[0]! - dear[0]!).toBeGreaterThan(1);
  });

  test("what is made up takes the covariates of one sequence, whatever it is called, and not of several", async () => {
    const sample = (path: string) =>
      run(
        "sample",
        "runs/shops",
        "--count",
        "1",
        "--steps",
        "4",
        "--future",
        path,
        "--out",
        `of-${path.slice(0, -4)}`,
      );
    write("one.csv", table("shop", ["s1"]));
    expect((await sample("one.csv")).status).toBe(0);
    write("two.csv", table("shop", ["s1", "s2"]));
    expect((await sample("two.csv")).stderr).toMatch(/there are no covariates of the sequence "sample"/);
  });

  test.each<[string, (shops: string[]) => string, RegExp]>([
    [
      "a column that tells other things apart",
      () => table("store", ["x1", "x2", "x3"]),
      /the column "store" seems to tell sequences apart.*call it "shop"/,
    ],
    [
      "a table of one sequence that is none of those wanted",
      () => table("shop", ["x1"]),
      /there are no covariates of the sequence "s\d+".*"x1"/,
    ],
    [
      "a table that lacks one of several",
      (shops) => table("shop", shops.slice(1)),
      /there are no covariates of the sequence/,
    ],
    [
      "one sequence shorter than the horizon among longer ones",
      (shops) =>
        `${table("shop", shops.slice(1), 9)}${table("shop", shops.slice(0, 1), 3).split("\n").slice(1).join("\n")}`,
      /the covariates have 3 steps, the forecast needs 4/,
    ],
  ])("refused: %s", async (_, text, message) => {
    write("refused.csv", text(await names()));
    const { status, stdout, stderr } = await forecast("--future", "refused.csv");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("a file of a single sequence, for a run whose sequences are told apart by a column:", () => {
  const rows = (header: string) =>
    `${header}\n${Array.from({ length: 12 }, (_, t) => `${t},${t % 4},2,north,11`).join("\n")}\n`;

  test("is one sequence, which is told", async () => {
    writeFileSync(join(folder, "new.csv"), rows("t,sales,size,site,price"));
    const { status, stdout, stderr } = await run("score", "runs/shops", "--data", "new.csv");
    expect(status).toBe(0);
    expect(stderr).toMatch(/there is no column "shop" in new.csv: each file is taken as one sequence/);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .slice(1)
        .every((row) => row.startsWith("new,")),
    ).toBe(true);
  });

  test("is refused where a column is called nearly so", async () => {
    writeFileSync(
      join(folder, "typo.csv"),
      rows("t,sales,size,site,price").replace("\n", ",Shops\n").replaceAll("11\n", "11,a\n"),
    );
    const { status, stderr } = await run("score", "runs/shops", "--data", "typo.csv");
    expect(status).toBe(1);
    expect(stderr).toMatch(/"shop".*did you mean "Shops"/);
  });
});

describe("refused in one line, and nothing is written:", () => {
  test.each<[string, string[], RegExp]>([
    [
      "a covariate file shorter than the horizon",
      ["forecast", "runs/shops", "--horizon", "60", "--future", "prices.csv"],
      /the covariates have 12 steps, the forecast needs 60/,
    ],
    ["no covariates at all", ["forecast", "runs/shops"], /needs to know price of the steps to come/],
    [
      "a condition that the model does not know",
      ["sample", "runs/shops", "--given", "sise=3"],
      /no condition "sise" \(did you mean "size"\?\)/,
    ],
    [
      "a level that it does not know",
      ["sample", "runs/shops", "--given", "site=west"],
      /"west" is no level of "site" \(they are north, south\)/,
    ],
    [
      "a covariate file shorter than the sample",
      ["sample", "runs/shops", "--steps", "20", "--future", "prices.csv"],
      /the covariates have 12 steps, 20 are to be made/,
    ],
    [
      "a static column that changes",
      ["train", "shops.csv", "--sequence", "shop", "--static", "price", "--out", "refused"],
      /known of the whole sequence changes/,
    ],
    [
      "a decay group of nothing",
      ["train", "shops.csv", "--decay-group", "cel=1", "--out", "refused"],
      /no parameter's name begins with "cel" \(did you mean "cell"\?\)/,
    ],
  ])("%s", async (_, args, message) => {
    const { status, stdout, stderr } = await run(
      ...args,
      ...(args[0] === "sample" ? ["--out", "refused"] : []),
    );
    expect(status).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(message);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});
