import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import "../built.ts";

const limit = 120_000;

/** The bundle of the browser entry and its worker, gzipped as a server would, by file, in bytes. */
async function sizes(external: readonly string[]): Promise<Record<string, number>> {
  const { outputFiles } = await build({
    absWorkingDir: join(import.meta.dirname, "../.."),
    entryPoints: { page: "vrnn/web", worker: "vrnn/web/worker" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: [...external],
    outdir: "bundle",
    write: false,
    logLevel: "error",
  });
  return Object.fromEntries(
    outputFiles.map(({ path, contents }) => [
      path.slice(path.lastIndexOf("/") + 1),
      gzipSync(contents, { level: 9 }).length,
    ]),
  );
}

const total = (files: Record<string, number>) => Object.values(files).reduce((all, size) => all + size, 0);

test("what a page loads of vrnn, worker included, is under 120 kB gzipped", async () => {
  const [own, all] = [await sizes(["onnxruntime-web/*"]), await sizes([])];
  const listed = Object.entries(own).map(([file, size]) => `${file} ${size}`);
  console.log(`${listed.join(", ")}: ${total(own)} bytes, and ${total(all)} with ONNX Runtime's own scripts`);
  expect(Object.keys(own)).toEqual(expect.arrayContaining(["page.js", "worker.js"]));
  expect(total(own)).toBeGreaterThan(50_000);
  expect(total(own)).toBeLessThan(limit);
});
