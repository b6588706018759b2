/** A process that disturbs the machine until it is killed; forked with the name of a disturbance and its arguments. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { Agent, get } from "node:http";
import { join } from "node:path";

const [, , disturbance = "", ...rest] = process.argv;

/** Keeps one core busy for a share of the time. */
function spin(share: number): void {
  const end = performance.now() + 25 * share;
  while (performance.now() < end);
  setTimeout(() => spin(share), Math.max(0, 25 * (1 - share)));
}

/** Writes and flushes chunks, over and over in one file of bounded size. */
function write(folder: string, chunkKb: number, fileMb: number): void {
  const chunk = Buffer.alloc(chunkKb * 1024, 3);
  const file = openSync(join(folder, "saturation"), "w");
  process.on("exit", () => closeSync(file));
  let position = 0;
  const step = () => {
    writeSync(file, chunk, 0, chunk.length, position);
    fsyncSync(file);
    position = (position + chunk.length) % (fileMb * 2 ** 20);
    setImmediate(step);
  };
  step();
}

/** Keeps that many requests for small pages open at once, each followed by a short pause. */
function flood(port: number, parallel: number, pauseMs: number): void {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const again = () => {
    const outgoing = get({ host: "127.0.0.1", port, path: "/cached/16", agent }, (response) =>
      response.resume(),
    );
    outgoing.on("error", () => {});
    outgoing.on("close", () => setTimeout(again, pauseMs));
  };
  for (let count = 0; count < parallel; count++) again();
}

const disturbances: Record<string, () => void> = {
  spin: () => spin(Number(rest[0])),
  write: () => write(String(rest[0]), Number(rest[1]), Number(rest[2])),
  flood: () => flood(Number(rest[0]), Number(rest[1]), Number(rest[2])),
};

process.on("disconnect", () => process.exit(0));
disturbances[disturbance]?.();
