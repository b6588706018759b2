import { VrnnError } from "../errors.ts";
import type { ServerCommand } from "./messages.ts";
import { between, seededUniform, shuffled, type Uniform } from "./random.ts";

/** What an incident may touch. */
export type IncidentContext = {
  folder: string;
  port: number;
  command: (command: ServerCommand) => void;
  /** Sends a signal to the server. */
  signal: (signal: "SIGSTOP" | "SIGCONT") => void;
  /** Starts a disturbing process; the result ends it. */
  disturb: (disturbance: string, ...rest: (string | number)[]) => () => void;
};

/** A kind of incident; `strength` goes from 0 (mild) to 1 (strong). */
export type IncidentKind = {
  name: string;
  start: (context: IncidentContext, durationSeconds: number, strength: number) => () => void;
};

const mostLeaked = 400;

/** Every kind that can be injected. */
export const incidentKinds: readonly IncidentKind[] = [
  { name: "cpu-hog", start: ({ disturb }, _duration, strength) => disturb("spin", 0.6 + 0.4 * strength) },
  {
    name: "memory-leak",
    start: ({ command }, duration, strength) => {
      const megabytesPerSecond = Math.min(15 + 25 * strength, mostLeaked / duration);
      command({ type: "leak", megabytesPerSecond, limitMegabytes: mostLeaked });
      return () => command({ type: "release" });
    },
  },
  {
    name: "disk-saturation",
    start: ({ disturb, folder }, _duration, strength) =>
      disturb("write", folder, 32 + Math.round(224 * strength), 64),
  },
  {
    name: "event-loop-block",
    start: ({ command }, _duration, strength) => {
      command({
        type: "block",
        shortestMs: 150,
        longestMs: 250 + 150 * strength,
        pauseMs: 500 - 200 * strength,
      });
      return () => command({ type: "unblock" });
    },
  },
  {
    name: "traffic-flood",
    start: ({ disturb, port }, _duration, strength) =>
      disturb("flood", port, 16 + Math.round(32 * strength), 8),
  },
  {
    name: "process-stall",
    start: ({ signal }) => {
      signal("SIGSTOP");
      return () => signal("SIGCONT");
    },
  },
];

/** An incident to be: seconds from the start of the recording. */
export type PlannedIncident = { kind: string; start: number; end: number; strength: number };

/** What a plan keeps to, in seconds. */
export const planLimits = { shortest: 4, longest: 30, gap: 12, cleanStart: 30, cleanEnd: 3 } as const;

/** What to plan: `kinds` are names out of `incidentKinds`, all of them where left out. */
export type PlanOptions = { seconds: number; count: number; seed: number; kinds?: readonly string[] };

/**
 * Draws incidents at random times: each kind about equally often, 4 to 30 seconds long, at least 12 seconds apart,
 * none in the first 30 seconds and none open at the end. The same options give the same plan.
 *
 * @throws VrnnError `telemetry/kind` for a kind that is not there, `telemetry/plan` when the time is too short.
 */
export function planIncidents({ seconds, count, seed, kinds }: PlanOptions): PlannedIncident[] {
  const uniform = seededUniform(seed);
  const names = balancedKinds(checkedKinds(kinds), count, uniform);
  const { cleanStart, cleanEnd, gap, shortest } = planLimits;
  const room = seconds - cleanStart - cleanEnd - gap * Math.max(0, count - 1);
  if (count > 0 && room < count * shortest) throw tooShort(seconds, count);
  const durations = drawDurations(count, room, uniform);
  const slack = Math.max(0, room - durations.reduce((sum, duration) => sum + duration, 0));
  const shifts = Array.from({ length: count }, () => uniform() * slack).sort((a, b) => a - b);
  let used = cleanStart;
  return names.map((kind, index) => {
    const duration = durations[index] as number;
    const start = used + (shifts[index] as number);
    used += duration + gap;
    return { kind, start, end: start + duration, strength: uniform() };
  });
}

function checkedKinds(kinds: readonly string[] | undefined): string[] {
  const known = incidentKinds.map(({ name }) => name);
  const unknown = kinds?.find((kind) => !known.includes(kind));
  if (unknown === undefined) return kinds?.length ? [...kinds] : known;
  throw new VrnnError("telemetry/kind", `no incident is called "${unknown}"`, {
    remedy: `use ${known.join(", ")}`,
  });
}

function tooShort(seconds: number, count: number): VrnnError {
  const { cleanStart, cleanEnd, gap, shortest } = planLimits;
  const needed = cleanStart + cleanEnd + count * shortest + (count - 1) * gap;
  return new VrnnError("telemetry/plan", `${seconds} s are too short for ${count} incidents`, {
    remedy: `record at least ${needed} s or ask for fewer incidents`,
  });
}

/** Whole shuffled rounds of the kinds, so that their numbers differ by one at most. */
function balancedKinds(kinds: readonly string[], count: number, uniform: Uniform): string[] {
  const names: string[] = [];
  while (names.length < count) names.push(...shuffled(kinds, uniform));
  return names.slice(0, count);
}

/** Durations that fit into `room`: all are shrunk towards the shortest by one factor where they would not. */
function drawDurations(count: number, room: number, uniform: Uniform): number[] {
  const { shortest, longest } = planLimits;
  const extra = Array.from({ length: count }, () => between(uniform, 0, longest - shortest));
  const total = extra.reduce((sum, value) => sum + value, 0);
  const factor = total > 0 ? Math.min(1, (room - count * shortest) / total) : 1;
  return extra.map((value) => shortest + value * factor);
}
