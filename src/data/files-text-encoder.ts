/** Encoders of text that somebody brings: a file of ONNX that is run as it is and not trained, and its tokenizer beside it. */
import { dirname, join } from "node:path";
import { type Frames, framesOf } from "./audio/frames.ts";
import { unreadWords } from "./encoders.ts";
import {
  contentOf,
  type EncoderFile,
  fileWords,
  openedEncoder,
  sha256Of,
  ToldRoom,
  toldBy,
} from "./files-encoder.ts";
import type { TextEncoderKnowledge } from "./text/encoder-knowledge.ts";
import { fedIds, type TextPorts, textPortsOf, toldSteps } from "./text/encoder-ports.ts";
import { readTokenizer, type TextTokenizer } from "./text/read-tokenizer.ts";

/** What the file of a tokenizer is called that stands beside an encoder. */
const TOKENIZER = "tokenizer.json";
/** Where a run finds it again. */
const COMMAND = "vrnn classify RUN";

/** What turns texts into ids, with the checksum of its file. */
interface ReadTokenizer extends TextTokenizer {
  readonly sha256: string;
}

/**
 * An encoder of text, ready to read some.
 *
 * @example
 * const encoder = await EncoderOfTexts.open("minilm/model.onnx"); // and minilm/tokenizer.json
 * await encoder.steps("a fine film", "row 1"); // { width: 384, length: 5, values }
 */
export class EncoderOfTexts {
  private readonly file: EncoderFile;
  private readonly ports: TextPorts;
  private readonly tokenizer: ReadTokenizer;
  private readonly room: ToldRoom;
  /** Texts that it has read by now, and those of them that were cut. */
  private readonly texts = { read: 0, cut: 0 };

  private constructor(file: EncoderFile, tokenizer: ReadTokenizer) {
    this.file = file;
    this.ports = textPortsOf(file.network.inputs, file.network.outputs, file.path);
    this.tokenizer = tokenizer;
    this.room = new ToldRoom(file.path, {
      each: "a token, of all texts",
      smaller: "give it fewer texts",
      finite: "leave that text out",
    });
  }

  /**
   * @param known the one that a run was trained with: any other, or another tokenizer, is refused
   * @throws VrnnError `data/encoder` for what reads no ids, `data/tokenizer` for a tokenizer that is not read, and as `openedEncoder`
   */
  static open(path: string, known?: TextEncoderKnowledge): Promise<EncoderOfTexts> {
    return openedEncoder(
      path,
      (file) => new EncoderOfTexts(file, tokenizerBeside(path, known)),
      known && { what: "encoder", sha256: known.sha256, command: COMMAND },
    );
  }

  /**
   * What it tells of a text, `[T, E]`; nothing of one without tokens.
   *
   * @param at which text it is, for messages
   * @throws VrnnError `data/encoder` where it cannot read it, or tells what is not finite; `data/too-large`
   */
  async steps(text: string, at: string): Promise<Frames> {
    const { ids, isCut } = this.tokenizer.idsOf(text);
    this.texts.read += 1;
    this.texts.cut += Number(isCut);
    if (ids.length === 0) return framesOf(new Float32Array(0), 1);
    return this.room.taken(await this.told(ids, at), at);
  }

  private async told(ids: readonly number[], at: string): Promise<Frames> {
    const told = await toldBy(this.file, fedIds(ids, this.ports), this.ports.output, {
      what: `${at}, ${ids.length} tokens`,
      remedy: `cut texts to what it reads, by "truncation" in its ${TOKENIZER}, or leave such texts out`,
    });
    return toldSteps(told, this.file.path);
  }

  /** What a run keeps of it. */
  get knowledge(): TextEncoderKnowledge {
    const { inputs, output } = this.ports;
    return { sha256: this.file.sha256, tokenizer: this.tokenizer.sha256, inputs: [...inputs], output };
  }

  notes(): string[] {
    const { inputs, output, others } = this.ports;
    const { read, cut } = this.texts;
    return [
      `texts are read by ${fileWords(this.file)}`,
      `its tokenizer is the ${TOKENIZER} beside it, its inputs are ${inputs.join(", ")}, its output is ${output}${unreadWords(others)}`,
      ...(cut > 0
        ? [`${cut} of ${read} texts are cut to ${this.tokenizer.most} tokens, as ${TOKENIZER} says`]
        : []),
    ];
  }

  dispose(): Promise<void> {
    return this.file.network.dispose();
  }
}

/** The tokenizer of an encoder. @throws VrnnError `data/tokenizer`, and as `contentOf` */
function tokenizerBeside(path: string, known: TextEncoderKnowledge | undefined): ReadTokenizer {
  const at = join(dirname(path), TOKENIZER);
  const content = contentOf(at, known && { what: "tokenizer", sha256: known.tokenizer, command: COMMAND });
  return { sha256: sha256Of(content), ...readTokenizer(new TextDecoder().decode(content), at) };
}
