/** The client process: puts the recurring load on the server; forked with the server's port and a seed as arguments. */
import { Agent, get } from "node:http";
import { answerReports, type ClientReport } from "./messages.ts";
import { poisson, seededUniform } from "./random.ts";
import { createLoad } from "./workload.ts";

const [, , port = "0", seed = "1"] = process.argv;
const uniform = seededUniform(Number(seed));
const load = createLoad(uniform);

const tickMs = 20;
const mostInFlight = 48;
const timeoutMs = 2000;
const agent = new Agent({ keepAlive: true, maxSockets: mostInFlight });

let inFlight = 0;
let seen = { completed: 0, latencySumMs: 0, latencyMaxMs: 0 };

function request(path: string): void {
  const start = performance.now();
  inFlight++;
  const outgoing = get({ host: "127.0.0.1", port: Number(port), path, agent, timeout: timeoutMs }, (r) =>
    r.resume(),
  );
  outgoing.on("timeout", () => outgoing.destroy());
  outgoing.on("error", () => {});
  outgoing.on("close", () => complete(performance.now() - start));
}

function complete(latencyMs: number): void {
  inFlight--;
  seen.completed++;
  seen.latencySumMs += latencyMs;
  seen.latencyMaxMs = Math.max(seen.latencyMaxMs, latencyMs);
}

answerReports<ClientReport>(() => {
  const report = { ...seen, inFlight };
  seen = { completed: 0, latencySumMs: 0, latencyMaxMs: 0 };
  return report;
});

const begin = performance.now();

setInterval(() => {
  const { rate, draw } = load.at((performance.now() - begin) / 1000);
  const arrivals = poisson(uniform, (rate * tickMs) / 1000);
  for (let count = 0; count < arrivals && inFlight < mostInFlight; count++) request(draw());
}, tickMs);
