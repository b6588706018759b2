import { join } from "node:path";
import fc from "fast-check";
import { type MidiData, type MidiEvent, parseMidi, writeMidi } from "midi-file";
import { describe, expect, test } from "vitest";
import type { Column, Sequence } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import { parseMidiRoll } from "../../src/data/music/midi.ts";
import { readTrack } from "../../src/data/music/midi-events.ts";
import { midiBytes } from "../../src/data/music/midi-writer.ts";
import { rollDataset } from "../../src/data/music/piano-roll.ts";
import { VrnnError } from "../../src/errors.ts";
import { testWithSharedData } from "../shared-data.ts";
import { fileWith, folderWith } from "./temporary.ts";

type Steps = readonly (readonly number[])[];

/** The columns and the sequence of a piece. */
function musicOf(steps: Steps): { columns: readonly Column[]; sequence: Sequence } {
  const { columns, splits } = rollDataset([{ name: "a", steps }], { split: [1, 0, 0] }, "test");
  return { columns, sequence: splits.train[0]! };
}

function written(steps: Steps, grid = 4, tempo = 100): Uint8Array {
  const { columns, sequence } = musicOf(steps);
  return midiBytes(columns, sequence, { grid, tempo });
}

const withoutLastSilence = (steps: Steps): Steps =>
  steps.slice(0, steps.findLastIndex((step) => step.length > 0) + 1);

/** A file of tracks as another program would write it. */
const fileOf = (tracks: MidiEvent[][], header: Partial<MidiData["header"]> = {}): Uint8Array =>
  Uint8Array.from(
    writeMidi({ header: { format: 1, numTracks: tracks.length, ticksPerBeat: 480, ...header }, tracks }),
  );

const on = (deltaTime: number, noteNumber: number, channel = 0): MidiEvent => ({
  type: "noteOn",
  deltaTime,
  channel,
  noteNumber,
  velocity: 64,
});
const off = (deltaTime: number, noteNumber: number, channel = 0): MidiEvent => ({
  type: "noteOff",
  deltaTime,
  channel,
  noteNumber,
  velocity: 0,
});
const end: MidiEvent = { type: "endOfTrack", deltaTime: 0, meta: true };

const stepsOf = (bytes: Uint8Array, grid = 4) => parseMidiRoll(bytes, "a.mid", "a", grid).steps;

describe("reading", () => {
  test("a note sounds in the steps it covers, moved to the grid, and in one at least", () => {
    const track = [on(115, 60), off(250, 60), on(0, 64), off(1, 64), on(114, 67), off(240, 67), end];
    expect(stepsOf(fileOf([track]))).toEqual([[], [60], [60], [64], [67], [67]]);
    expect(stepsOf(fileOf([track]), 1)).toEqual([[60], [64, 67]]);
  });

  test("tracks and channels sound together, drums do not, and a key struck anew is held", () => {
    const steps = stepsOf(
      fileOf([
        [on(0, 60), on(60, 60), off(180, 60), end],
        [on(0, 60, 3), off(120, 60, 3), on(0, 72, 3), off(120, 72, 3), end],
        [on(0, 40, 9), off(480, 40, 9), end],
      ]),
    );
    expect(steps).toEqual([[60], [60, 72]]);
  });

  test("a note without an end sounds to the end of its track", () => {
    const bytes = fileOf([[on(0, 60), { ...end, deltaTime: 240 }]]);
    expect(stepsOf(bytes)).toEqual([[60], [60]]);
    expect(readDataset(fileWith("stuck.mid", bytes), { split: [1, 0, 0] }).notes).toContain(
      'notes never let go sound to the end of their track: 1, in "stuck"',
    );
  });

  test("pitches beyond a piano's are left out and counted", () => {
    const { steps, outside } = parseMidiRoll(
      fileOf([[on(0, 20), on(0, 109), on(0, 60), off(120, 60), end]]),
      "a.mid",
      "a",
    );
    expect(steps).toEqual([[60]]);
    expect(outside).toBe(2);
  });

  test("the events that an independent reader finds, with running status, texts and system messages between", () => {
    const text = fc
      .string({ maxLength: 300, unit: "binary-ascii" })
      .map((told): MidiEvent => ({ type: "lyrics", deltaTime: 3, meta: true, text: told }));
    const system = fc
      .uint8Array({ maxLength: 20 })
      .map((data): MidiEvent => ({ type: "sysEx", deltaTime: 1, data: [...data] as never }));
    const key = fc
      .tuple(fc.nat(70_000), fc.nat(127), fc.nat(15), fc.boolean())
      .map(([deltaTime, pitch, channel, isOn]) => (isOn ? on : off)(deltaTime, pitch, channel));
    const wheel = fc
      .nat(15)
      .map(
        (channel): MidiEvent => ({ type: "controller", deltaTime: 2, channel, controllerType: 1, value: 64 }),
      );
    const program = fc
      .nat(15)
      .map((channel): MidiEvent => ({ type: "programChange", deltaTime: 0, channel, programNumber: 5 }));
    const track = fc.array(fc.oneof({ weight: 4, arbitrary: key }, text, system, wheel, program), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(track, fc.boolean(), (events, running) => {
        const file = {
          header: { format: 0, numTracks: 1, ticksPerBeat: 96 } as const,
          tracks: [[...events, end]],
        };
        const bytes = Uint8Array.from(writeMidi(file, { running }));
        let tick = 0;
        const expected = parseMidi(bytes).tracks[0]!.flatMap((event) => {
          tick += event.deltaTime;
          const isKey = event.type === "noteOn" || event.type === "noteOff";
          return isKey
            ? [{ tick, isOn: event.type === "noteOn", channel: event.channel, pitch: event.noteNumber }]
            : [];
        });
        const read = readTrack(bytes.subarray(22), (what) => new Error(what));
        expect(read).toEqual({ keys: expected, end: tick });
      }),
    );
  });

  test("200 kB of lyrics are passed over", () => {
    const lyrics: MidiEvent = { type: "lyrics", deltaTime: 0, meta: true, text: "la".repeat(100_000) };
    expect(stepsOf(fileOf([[lyrics, on(0, 60), off(120, 60), end]]))).toEqual([[60]]);
  });

  test("a track too many in the header is told, and the others are read", () => {
    const bytes = fileOf([[on(0, 60), off(120, 60), end]]);
    bytes[11] = 2;
    expect(stepsOf(bytes)).toEqual([[60]]);
    expect(readDataset(fileWith("lost.mid", bytes), { split: [1, 0, 0] }).notes).toContain(
      'some tracks that the file tells of are not there: "lost"',
    );
  });

  test("chunks of other kinds are passed over", () => {
    const bytes = [...fileOf([[on(0, 60), off(120, 60), end]])];
    const alien = [0x58, 0x46, 0x49, 0x48, 0, 0, 0, 2, 1, 2];
    expect(stepsOf(Uint8Array.from([...bytes.slice(0, 14), ...alien, ...bytes.slice(14)]))).toEqual([[60]]);
  });
});

describe("writing", () => {
  test("an independent reader finds the notes, held ones once, and the tempo", () => {
    const { header, tracks } = parseMidi(written([[60, 64], [60], [], [60]], 2, 90));
    expect(header).toEqual({ format: 0, numTracks: 1, ticksPerBeat: 192 });
    let now = 0;
    const events = tracks[0]!.map((event) => {
      now += event.deltaTime;
      const note = event.type === "noteOn" || event.type === "noteOff" ? ` ${event.noteNumber}` : "";
      return `${now} ${event.type}${note}`;
    });
    expect(events).toEqual([
      "0 setTempo",
      "0 noteOn 60",
      "0 noteOn 64",
      "96 noteOff 64",
      "192 noteOff 60",
      "288 noteOn 60",
      "384 noteOff 60",
      "384 endOfTrack",
    ]);
    expect(tracks[0]![0]).toMatchObject({ microsecondsPerBeat: 666_667 });
  });

  test("any roll comes back from its file", () => {
    const step = fc.uniqueArray(fc.integer({ min: 21, max: 108 }), { maxLength: 5 });
    const roll = fc.array(step, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(roll, fc.constantFrom(1, 2, 3, 4, 12, 96), (steps, grid) => {
        const sorted = steps.map((pitches) => [...pitches].sort((a, b) => a - b));
        expect(stepsOf(written(steps, grid), grid)).toEqual(withoutLastSilence(sorted));
      }),
    );
  });

  test.each([
    [0, 100, "data/grid"],
    [2.5, 100, "data/grid"],
    [4, 0, "data/tempo"],
    [4, Number.NaN, "data/tempo"],
  ])("a grid of %d and a tempo of %d are refused", (grid, tempo, code) => {
    expect(() => written([[60]], grid, tempo)).toThrow(expect.objectContaining({ code }));
  });

  testWithSharedData("a chorale of Bach's comes back from its file", (folder) => {
    const { columns, splits } = readDataset(join(folder, "music", "jsb-chorales.json.gz"));
    const [first] = splits.test;
    const path = fileWith("test-1.mid", midiBytes(columns, first!, { grid: 1, tempo: 80 }));
    const again = readDataset(path, { grid: 1, columns, split: [0, 0, 1] });
    expect(again.splits.test[0]!.values).toEqual(first!.values);
  });
});

describe("a folder of files", () => {
  const piece = (root: number) => written([[root], [root, root + 7], [root + 4]]);

  test("is one data set, split like any other", () => {
    const folder = folderWith({
      "train/b.mid": piece(60),
      "train/a.MIDI": piece(62),
      "valid/v.mid": piece(64),
      "test/t.mid": piece(65),
    });
    const { columns, splits, modality, notes } = readDataset(folder);
    expect(columns).toHaveLength(88);
    expect(splits.train.map(({ name, length }) => [name, length])).toEqual([
      ["a", 3],
      ["b", 3],
    ]);
    expect([splits.valid.length, splits.test.length, modality]).toEqual([1, 1, { name: "music", grid: 4 }]);
    expect(notes).toContain("grid: 4 steps to a beat");
    expect(readDataset(folder, { grid: 8 }).splits.train[0]!.length).toBe(6);
  });

  test("leaves out what has no note, and says so", () => {
    const folder = folderWith({
      "a.mid": piece(60),
      "b.mid": fileOf([[end]]),
      "c.mid": piece(61),
      "d.mid": piece(62),
    });
    const { notes, splits } = readDataset(folder);
    expect(notes).toContain('left out, for want of notes on pitched channels: "b"');
    expect([splits.train, splits.valid, splits.test].map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test("leaves out files that cannot be read, and says why", () => {
    const folder = folderWith({
      "a.mid": piece(60),
      "b.mid": Uint8Array.of(1),
      "c.mid": piece(61),
      "d.mid": piece(62),
    });
    const { notes, splits } = readDataset(folder);
    expect(notes[0]).toBe(
      `left out: ${folder}/b.mid: no MIDI file: it does not begin with "MThd" (give another file)`,
    );
    expect([splits.train, splits.valid, splits.test].map(({ length }) => length)).toEqual([1, 1, 1]);
    const bad = folderWith({ "a.mid": Uint8Array.of(1), "b.mid": Uint8Array.of(2) });
    expect(() => readDataset(bad)).toThrow(`${bad}/a.mid: no MIDI file`);
  });

  test("counts the notes that it leaves out over all files", () => {
    const low = fileOf([[on(0, 12), on(0, 60), off(120, 60), off(0, 12), end]]);
    const folder = folderWith(Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`${i}.mid`, low])));
    expect(readDataset(folder).notes).toContain(
      'notes outside pitches 21 to 108 are left out: 5, in "1", "2", "3" and 2 more',
    );
  });

  test("does not mix with tables", () => {
    const folder = folderWith({ "a.csv": "x\n1\n2\n", "b.mid": piece(60) });
    expect(() => readDataset(folder)).toThrow(
      `${folder}/b.mid: the file is of another kind than ${folder}/a.csv (keep tables, music and drawings in folders of their own)`,
    );
  });
});

describe("bad input gives one clear line", () => {
  const keys = Array.from({ length: 88 }, (_, i) => 21 + i);
  const good = fileOf([[on(0, 60), off(120, 60), end]]);
  const changed = (offset: number, ...bytes: number[]) => {
    const copy = good.slice();
    copy.set(bytes, offset);
    return copy;
  };

  test.each([
    ["an empty file", new Uint8Array(), "a.mid: the file is empty"],
    ["another file", Uint8Array.of(1, 2, 3), 'a.mid: no MIDI file: it does not begin with "MThd"'],
    ["half a file", good.subarray(0, 30), "a.mid, byte 30: cut short: the file ends within a track"],
    [
      "frames of film",
      changed(12, 0xe7, 40),
      "a.mid, byte 12: time is counted in film frames (SMPTE), not in beats",
    ],
    ["a beat without ticks", changed(12, 0, 0), "a.mid, byte 12: a beat has no ticks"],
    ["loose patterns", changed(8, 0, 2), "a.mid, byte 8: format 2 holds no single piece"],
    [
      "data that begin with no status",
      changed(23, 0x10),
      "a.mid, track 1, byte 23: corrupt: an event begins with no status",
    ],
    [
      "a pitch that is none",
      changed(24, 0xf0),
      "a.mid, track 1, byte 24: corrupt: an event is cut short or out of range",
    ],
    [
      "an event of a length below zero",
      changed(23, 0xff, 1, 0xff, 0xff, 0xff, 0xff),
      "a.mid, track 1, byte 29: corrupt: a number has more than 4 bytes",
    ],
    [
      "an event that reaches beyond its track",
      changed(23, 0xff, 1, 100),
      "a.mid, track 1, byte 26: corrupt: an event reaches beyond its track",
    ],
    [
      "what only a cable carries",
      changed(23, 0xf4),
      "a.mid, track 1, byte 24: corrupt: an event of the unknown status 244",
    ],
    [
      "all keys for hours",
      fileOf(
        [
          [
            ...keys.map((pitch) => on(0, pitch)),
            ...keys.map((pitch) => off(pitch === 21 ? 28_000_000 : 0, pitch)),
            end,
          ],
        ],
        {
          ticksPerBeat: 1_800,
        },
      ),
      "a.mid: more keys sound than in any piece: ",
    ],
    [
      "a piece of years",
      fileOf([[on(0, 60), off(2 ** 27, 60), end]], { ticksPerBeat: 1 }),
      "a.mid: the piece has 536870912 steps, more than 250000",
    ],
  ])("%s", (_, bytes, message) => {
    const error = failureOf(bytes);
    expect(error.message).toMatch(/^[^\n]+ \([^\n]+\)$/);
    expect(error.message.startsWith(message)).toBe(true);
    expect(error.code).toBe("data/midi");
  });

  test("a folder without notes", () => {
    const path = fileWith("a.mid", fileOf([[end]]));
    expect(() => readDataset(path)).toThrow(`${path}: there is no note on any pitched channel`);
  });

  test("a file cut at any byte is told to be", () => {
    const piece = written([[60, 64], [62], [], [65, 69, 72]]);
    for (let length = 0; length < piece.length; length++)
      expect(failureOf(piece.subarray(0, length)).code).toBe("data/midi");
  });

  test("a file with any bytes changed is read or refused in one line", () => {
    const piece = written([[60, 64], [62], [], [65, 69, 72]]);
    const change = fc.tuple(fc.nat(piece.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const copy = piece.slice();
        for (const [offset, byte] of changes) copy[offset] = byte;
        const outcome = attempt(copy);
        if (outcome instanceof VrnnError) expect(outcome.message).not.toContain("\n");
        else expect(outcome.flat().every((pitch) => pitch >= 21 && pitch <= 108)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** What a file reads as, or the error of ours that refuses it; any other is thrown. */
function attempt(bytes: Uint8Array): Steps | VrnnError {
  try {
    return stepsOf(bytes);
  } catch (error) {
    if (error instanceof VrnnError) return error;
    throw error;
  }
}

function failureOf(bytes: Uint8Array): VrnnError {
  const outcome = attempt(bytes);
  if (outcome instanceof VrnnError) return outcome;
  throw new Error("no error");
}
