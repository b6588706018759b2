/** What sounds in a track of a standard MIDI file, event by event; all else is passed over by its length. */

/** A key that is pressed or let go. */
export interface KeyEvent {
  /** Ticks since the track's beginning. */
  readonly tick: number;
  readonly isOn: boolean;
  readonly channel: number;
  readonly pitch: number;
}

/** The events of the keys, and the tick at which the track ends. */
export interface TrackEvents {
  readonly keys: readonly KeyEvent[];
  readonly end: number;
}

const [NOTE_OFF, NOTE_ON, PROGRAM_CHANGE, CHANNEL_PRESSURE, SYSTEM] = [0x8, 0x9, 0xc, 0xd, 0xf] as const;
const [SYSTEM_EXCLUSIVE, SYSTEM_EXCLUSIVE_GOES_ON, META] = [0xf0, 0xf7, 0xff] as const;
/** All that a file may hold beside the events of a channel; what else a cable carries is no part of a file. */
const IN_FILES: readonly number[] = [SYSTEM_EXCLUSIVE, SYSTEM_EXCLUSIVE_GOES_ON, META];
const [END_OF_TRACK, SET_TEMPO] = [0x2f, 0x51] as const;
/** The standard allows no number of more bytes: times and lengths stay under 2^28. */
const LONGEST_NUMBER = 4;

/** Reads bytes one after the other, none beyond the end. */
class Bytes {
  private readonly bytes: Uint8Array;
  private readonly refuse: (what: string, offset: number) => Error;
  offset = 0;

  constructor(bytes: Uint8Array, refuse: (what: string, offset: number) => Error) {
    this.bytes = bytes;
    this.refuse = refuse;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  fail(what: string): Error {
    return this.refuse(what, this.offset);
  }

  byte(): number {
    const byte = this.bytes[this.offset];
    if (byte === undefined) throw this.fail("an event is cut short");
    this.offset += 1;
    return byte;
  }

  /** A byte of 7 bits. */
  data(): number {
    if ((this.bytes[this.offset] ?? 0) >= 0x80) throw this.fail("an event is cut short or out of range");
    return this.byte();
  }

  /** Seven bits a byte, the highest first; all bytes but the last have their top bit set. */
  variableLength(): number {
    let value = 0;
    for (let i = 0; i < LONGEST_NUMBER; i++) {
      const byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw this.fail(`a number has more than ${LONGEST_NUMBER} bytes`);
  }

  /** Passes over as many bytes as the next number says. */
  skipCounted(): void {
    const length = this.variableLength();
    if (length > this.bytes.length - this.offset) throw this.fail("an event reaches beyond its track");
    this.offset += length;
  }
}

/**
 * Reads the events of a track. A key pressed without force is let go, as the standard has it; what follows the end that
 * a track tells of is not read.
 *
 * @param bytes the content of the chunk, without its head
 * @param refuse makes the error for a track that is corrupt at an offset
 * @example
 * readTrack(Uint8Array.of(0, 0x90, 60, 64, 96, 0x80, 60, 0), refuse).keys[1]; // { tick: 96, isOn: false, channel: 0, pitch: 60 }
 */
export function readTrack(bytes: Uint8Array, refuse: (what: string, offset: number) => Error): TrackEvents {
  const track = new Bytes(bytes, refuse);
  const keys: KeyEvent[] = [];
  let [tick, running] = [0, 0];
  while (!track.isAtEnd) {
    tick += track.variableLength();
    const status = statusAt(track, bytes, running);
    if (status === META) {
      const type = track.byte();
      track.skipCounted();
      if (type === END_OF_TRACK) break;
    } else if (status === SYSTEM_EXCLUSIVE || status === SYSTEM_EXCLUSIVE_GOES_ON) track.skipCounted();
    else {
      running = status;
      const key = channelEvent(track, status);
      if (key !== undefined) keys.push({ tick, ...key });
    }
  }
  return { keys, end: tick };
}

/** The status of the next event; one of a channel may be left away where it is that of the event before. */
function statusAt(track: Bytes, bytes: Uint8Array, running: number): number {
  const isGiven = (bytes[track.offset] ?? 0) >= 0x80;
  const status = isGiven ? track.byte() : running;
  if (status === 0) throw track.fail("an event begins with no status");
  const isKnown = status >> 4 !== SYSTEM || IN_FILES.includes(status);
  if (!isKnown) throw track.fail(`an event of the unknown status ${status}`);
  return status;
}

function channelEvent(track: Bytes, status: number): Omit<KeyEvent, "tick"> | undefined {
  const [kind, channel] = [status >> 4, status & 0xf];
  const pitch = track.data();
  if (kind === PROGRAM_CHANGE || kind === CHANNEL_PRESSURE) return undefined;
  const velocity = track.data();
  if (kind !== NOTE_ON && kind !== NOTE_OFF) return undefined;
  return { isOn: kind === NOTE_ON && velocity > 0, channel, pitch };
}

/** How a track is played. */
export interface TrackOptions {
  readonly microsecondsPerBeat: number;
  /** From 1 to 127: how hard keys are pressed. */
  readonly velocity: number;
}

/**
 * The bytes of a track, its head included: its tempo, its keys, its end.
 *
 * @param events in the order of time
 * @example
 * writeTrack({ keys: [], end: 0 }, { microsecondsPerBeat: 500_000, velocity: 80 }).length; // 19
 */
export function writeTrack(
  { keys, end }: TrackEvents,
  { microsecondsPerBeat, velocity }: TrackOptions,
): number[] {
  const tempo = [0, META, SET_TEMPO, 3, ...bigEndian(microsecondsPerBeat, 3)];
  let last = 0;
  const since = (tick: number): number[] => {
    const distance = tick - last;
    last = tick;
    return variableLength(distance);
  };
  const notes = keys.flatMap(({ tick, isOn, channel, pitch }) => [
    ...since(tick),
    ((isOn ? NOTE_ON : NOTE_OFF) << 4) | channel,
    pitch,
    isOn ? velocity : 0,
  ]);
  return chunk("MTrk", [...tempo, ...notes, ...since(end), META, END_OF_TRACK, 0]);
}

/** A piece of a file: four letters, its length, its content. */
export const chunk = (id: string, content: readonly number[]): number[] => [
  ...Array.from(id, (letter) => letter.charCodeAt(0)),
  ...bigEndian(content.length, 4),
  ...content,
];

/** A whole number in bytes, the highest first. */
export const bigEndian = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);

function variableLength(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(128 + (rest % 128));
  return bytes;
}
