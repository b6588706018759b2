/** Records this machine from a terminal: `node dist/telemetry/main.js --out DIR --name rec01 --seconds 240`. */
import { parseArgs } from "node:util";
import { record } from "./record.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "." },
    name: { type: "string", default: "recording" },
    seconds: { type: "string", default: "240" },
    incidents: { type: "string", default: "0" },
    kinds: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));

try {
  const recording = await record({
    out: values.out,
    name: values.name,
    seconds: Number(values.seconds),
    incidents: Number(values.incidents),
    ...(values.kinds ? { kinds: values.kinds.split(",") } : {}),
    seed: Number(values.seed),
    signal: stop.signal,
  });
  process.stdout.write(`${JSON.stringify(recording)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
