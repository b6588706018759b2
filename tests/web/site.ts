import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build } from "esbuild";
import "../built.ts";

const root = join(import.meta.dirname, "../..");
const ort = join(root, "node_modules/onnxruntime-web/dist");

/** A server of bundled pages, on this machine only. */
export interface Site {
  /** With the headers that allow threads. */
  readonly isolated: string;
  readonly plain: string;
  close(): void;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Bundles the example, the page of these tests and the worker as docs/browser.md says, and serves them. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-web-"));
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: "examples/browser/main.ts",
      complete: "examples/browser/complete.ts",
      transcribe: "examples/browser/transcribe.ts",
      predict: "examples/browser/predict.ts",
      page: "tests/web/page.ts",
      worker: "vrnn/web/worker",
      "live-worker": "vrnn/web/live-worker",
      "frames-worker": "vrnn/web/frames-worker",
    },
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: folder,
    logLevel: "error",
  });
  const find = (path: string) => {
    if (path === "/") return join(root, "examples/browser/index.html");
    if (path === "/complete") return join(root, "examples/browser/complete.html");
    if (path === "/transcribe") return join(root, "examples/browser/transcribe.html");
    if (path === "/predict") return join(root, "examples/browser/predict.html");
    if (path === "/page") return join(root, "tests/web/page.html");
    return path.startsWith("/ort/") ? join(ort, path.slice(5)) : join(folder, path);
  };
  const servers = await Promise.all([serve(find, isolation), serve(find, {})]);
  const [isolated, plain] = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
  const close = () => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  };
  return { isolated: isolated as string, plain: plain as string, close };
}

async function serve(find: (path: string) => string, headers: Readonly<Record<string, string>>) {
  const server = createServer(({ url = "/" }, response) => {
    const file = find(new URL(url, "http://localhost").pathname);
    try {
      const body = readFileSync(file);
      response.writeHead(200, { ...headers, "Content-Type": types[extname(file)] ?? "text/plain" }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
