/** The observed service: a small HTTP server on 127.0.0.1, forked with the scratch folder and a seed as arguments. */
import { createHash } from "node:crypto";
import { constants, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { answerReports, type ServerCommand, type ServerReport } from "./messages.ts";
import { between, seededUniform } from "./random.ts";

const [, , folder = ".", seed = "1"] = process.argv;
const uniform = seededUniform(Number(seed));

const timerMs = 10;
let lastTimer = performance.now();
let longestDelay = 0;
let served = 0;

function noteDelay(): void {
  longestDelay = Math.max(longestDelay, performance.now() - lastTimer - timerMs);
}

setInterval(() => {
  noteDelay();
  lastTimer = performance.now();
}, timerMs);

answerReports<ServerReport>(() => {
  noteDelay();
  const report = { served, loopDelayMs: longestDelay, heapUsedMb: process.memoryUsage().heapUsed / 2 ** 20 };
  longestDelay = 0;
  return report;
});

/** CPU: builds, serialises and hashes a JSON document of `size` entries. */
function hash(size: number): Buffer {
  const entries = Array.from({ length: size * 40 }, (_, index) => ({
    index,
    value: uniform(),
    name: `entry ${index}`,
  }));
  const text = JSON.stringify(entries);
  const digest = createHash("sha256").update(text).digest("hex");
  return Buffer.from(JSON.stringify({ digest, length: text.length }));
}

const cache = new Map<number, Buffer>();

function cached(size: number): Buffer {
  const found = cache.get(size) ?? Buffer.alloc(size * 1024, "cached ");
  cache.set(size, found);
  return found;
}

let writes = 0;

async function write(size: number): Promise<Buffer> {
  const file = await open(join(folder, `write-${writes++ % 8}`), "w");
  try {
    await file.write(Buffer.alloc(size * 1024, writes));
    await file.sync();
  } finally {
    await file.close();
  }
  return Buffer.from("written");
}

const retained: object[][] = [];

/** Memory: some tens of KB of small objects per unit of size, kept until 24 later requests have come. */
function allocate(size: number): Buffer {
  retained.push(Array.from({ length: size * 400 }, (_, index) => ({ index, text: `object ${index}` })));
  if (retained.length > 24) retained.shift();
  return Buffer.from(String(retained.length));
}

const coldFileMegabytes = 48;
const block = 4096;
const coldPath = join(folder, "cold");
writeFileSync(coldPath, Buffer.alloc(coldFileMegabytes * 2 ** 20, 7));

/** Direct reads need memory at an address that is a multiple of the block; the offset that has it is found by trial. */
async function alignedBuffer(file: FileHandle, bytes: number): Promise<Buffer | undefined> {
  const memory = new ArrayBuffer(bytes + block);
  for (let offset = 0; offset < block; offset += 16) {
    const candidate = Buffer.from(memory, offset, bytes);
    if (await file.read(candidate, 0, block, 0).then(Boolean, () => false)) return candidate;
  }
  return undefined;
}

async function openCold(): Promise<{ file: FileHandle; buffer: Buffer }> {
  const direct = await open(coldPath, constants.O_RDONLY | (constants.O_DIRECT ?? 0)).catch(() => undefined);
  const aligned = direct && (await alignedBuffer(direct, 256 * 1024));
  if (direct && aligned) return { file: direct, buffer: aligned };
  await direct?.close();
  return { file: await open(coldPath, "r"), buffer: Buffer.alloc(256 * 1024) };
}

const cold = await openCold();

/** Disk: reads past the page cache where the file system allows it. */
async function read(size: number): Promise<Buffer> {
  const bytes = Math.min(cold.buffer.length, size * block);
  const position = Math.floor(uniform() * (coldFileMegabytes - 1) * 256) * block;
  await cold.file.read(cold.buffer, 0, bytes, position);
  return Buffer.from(String(bytes));
}

const routes: Record<string, (size: number) => Buffer | Promise<Buffer>> = {
  hash,
  cached,
  write,
  allocate,
  read,
};

const server = createServer(async (request, response) => {
  const [, name = "", size = "1"] = (request.url ?? "").split("/");
  const route = routes[name];
  try {
    const body = route ? await route(Math.min(1024, Number(size))) : Buffer.from("unknown route");
    response.writeHead(route ? 200 : 404).end(body);
  } catch {
    response.writeHead(500).end();
  }
  served++;
});

let leaking: NodeJS.Timeout | undefined;
const leaked: number[][] = [];

/** Plain arrays of 131,072 doubles: 1 MB each, on the JavaScript heap. */
function leak(megabytesPerSecond: number, limitMegabytes: number): void {
  const perTick = megabytesPerSecond / 10;
  let owed = 0;
  clearInterval(leaking);
  leaking = setInterval(() => {
    for (owed += perTick; owed >= 1 && leaked.length < limitMegabytes; owed--)
      leaked.push(new Array<number>(131072).fill(uniform() + 0.5));
  }, 100);
}

function release(): void {
  clearInterval(leaking);
  leaked.length = 0;
  globalThis.gc?.();
}

let blocking: NodeJS.Timeout | undefined;

function blockLoop(shortestMs: number, longestMs: number, pauseMs: number): void {
  const end = performance.now() + between(uniform, shortestMs, longestMs);
  while (performance.now() < end);
  blocking = setTimeout(
    () => blockLoop(shortestMs, longestMs, pauseMs),
    pauseMs * between(uniform, 0.5, 1.5),
  );
}

process.on("message", (command: ServerCommand) => {
  if (command.type === "leak") leak(command.megabytesPerSecond, command.limitMegabytes);
  else if (command.type === "release") release();
  else if (command.type === "block") blockLoop(command.shortestMs, command.longestMs, command.pauseMs);
  else if (command.type === "unblock") clearTimeout(blocking);
});

server.listen(0, "127.0.0.1", () => {
  process.send?.({ type: "ready", port: (server.address() as AddressInfo).port });
});
