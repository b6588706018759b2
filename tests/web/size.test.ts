import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import "../built.ts";
import { familyNames } from "../../src/models/loading.ts";
import { type OperationName, operations } from "../../src/operations/index.ts";
import { materials } from "../../src/operations/materials/index.ts";

/** Of a page and its worker that read, train, score and sample. */
const limit = 120_000;
/** Of what any other operation, family of models or material adds to that. */
const chunkLimit = 25_000;

/** The bundle of a page and its worker: sizes in bytes, gzipped as a server would, and who loads whom. */
interface Bundle {
  readonly sizes: ReadonlyMap<string, number>;
  readonly outputs: Metafile["outputs"];
}

async function bundle(external: readonly string[], page = "compute-page"): Promise<Bundle> {
  const root = join(import.meta.dirname, "../..");
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: `tests/web/${page}.ts`, worker: "vrnn/web/worker" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: [...external],
    outdir: "bundle",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const sizes = outputFiles.map(
    ({ path, contents }) => [path.slice(root.length + 1), gzipSync(contents, { level: 9 }).length] as const,
  );
  return { sizes: new Map(sizes), outputs: metafile.outputs };
}

/** What a file loads at once, itself included. */
function loadedBy(file: string, { outputs }: Bundle, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of outputs[file]!.imports)
    if (kind === "import-statement" && path in outputs) loadedBy(path, { outputs, sizes: new Map() }, seen);
  return seen;
}

/** The file that begins with a module, as it is loaded when it is asked for. */
const fileOf = (module: string, { outputs }: Bundle): string =>
  Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === `dist/${module}.js`)![0];

const usual = ["train", "score", "sample"] as const;

/** What a page loads that reads, trains, scores and samples. */
const loadedUsually = (all: Bundle): Set<string> =>
  new Set(
    ["bundle/page.js", "bundle/worker.js", fileOf("operations/usual", all)].flatMap((file) => [
      ...loadedBy(file, all),
    ]),
  );

const total = (files: Iterable<string>, { sizes }: Bundle) =>
  [...files].reduce((sum, file) => sum + sizes.get(file)!, 0);

let own: Bundle;
beforeAll(async () => {
  own = await bundle(["onnxruntime-web/*"]);
});

test("a page that reads, trains, scores and samples loads under 120 kB of vrnn, gzipped, worker included", async () => {
  const all = await bundle([]);
  const size = total(loadedUsually(own), own);
  const listed = [...loadedUsually(own)].map((file) => `${file.slice(7)} ${own.sizes.get(file)}`);
  console.log(`${listed.join(", ")}: ${size} bytes`);
  console.log(`${total(loadedUsually(all), all)} with ONNX Runtime's own scripts`);
  expect(size).toBeGreaterThan(50_000);
  expect(size).toBeLessThan(limit);
});

test.each([
  "graph/ops/convolution",
  "data/field-schemas",
  "data/music/midi",
  "data/tables/jsonl",
  "data/text/vocabulary",
  "operations/train-resumed",
])("%s is of no use to such a page, and not in what it loads", (module) => {
  const inputs = [...loadedUsually(own)].flatMap((file) => Object.keys(own.outputs[file]!.inputs));
  expect(inputs).toContain("dist/graph/ops/algebra.js");
  expect(inputs).not.toContain(`dist/${module}.js`);
});

const others = Object.keys(operations).filter(
  (name) => !(usual as readonly string[]).includes(name),
) as OperationName[];

const chunks = [
  ...others.map((name) => `operations/${name}`),
  "operations/train-unread",
  "operations/detect-labels",
  "operations/detect-wholes",
  "operations/backtest/rules",
  "operations/backtest/joint-rule",
  "operations/backtest/maps",
  "operations/materials/written",
  ...familyNames.filter((name) => name !== "vrnn").map((name) => `models/${name}/family`),
  "web/readers",
  "distributions/rare",
  "web/archives",
  "web/panels",
  ...Object.keys(materials)
    .filter((name) => name !== "table")
    .map((name) => `operations/materials/${name}`),
];

test("a page that learns, scores and writes text loads 25 kB at most beside that", () => {
  const before = loadedUsually(own);
  const files = ["web/readers", "operations/materials/text"].map((name) => fileOf(name, own));
  const added = new Set(
    files.flatMap((file) => [...loadedBy(file, own)]).filter((each) => !before.has(each)),
  );
  const size = total(added, own);
  console.log(`text: ${size} bytes`);
  expect(size).toBeLessThan(chunkLimit);
});

test("what opens runs of other places is loaded when it is asked for, and adds 25 kB at most", async () => {
  const opening = await bundle(["onnxruntime-web/*"], "open-page");
  const before = loadedUsually(opening);
  const file = fileOf("web/open-run", opening);
  expect(before).not.toContain(file);
  const size = total(
    [...loadedBy(file, opening)].filter((each) => !before.has(each)),
    opening,
  );
  console.log(`web/open-run: ${size} bytes`);
  expect(size).toBeLessThan(chunkLimit);
});

test.each(chunks)("%s is loaded when it is asked for, and adds 25 kB at most", (name) => {
  const before = loadedUsually(own);
  const file = fileOf(name, own);
  expect(before).not.toContain(file);
  const added = [...loadedBy(file, own)].filter((each) => !before.has(each));
  const size = total(added, own);
  console.log(`${name}: ${size} bytes`);
  expect(size).toBeGreaterThan(0);
  expect(size).toBeLessThan(chunkLimit);
});

test("a page loads the table of all families only where it names it", async () => {
  const bundled = async (names: string) => {
    const contents = `import { ${names} } from "vrnn"; console.log(${names});`;
    const { metafile } = await build({
      stdin: { contents, resolveDir: join(import.meta.dirname, "../..") },
      bundle: true,
      format: "esm",
      write: false,
      metafile: true,
    });
    return Object.keys(metafile.outputs["stdin.js"]!.inputs);
  };
  expect(await bundled("modelFamilies")).toContain("dist/models/hmm/hmm.js");
  const some = await bundled("Vrnn, Trainer");
  expect(some).toContain("dist/models/vrnn/vrnn.js");
  expect(some).toContain("dist/distributions/rare.js"); // such a page builds models without waiting
  expect(some).not.toContain("dist/models/families.js");
});
