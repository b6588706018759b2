/** What was heard of some speech, as a page of its own. */
import { recordingsIn } from "../data/files-speech.ts";
import type { HeardUtterance } from "../inference/speech/utterances.ts";
import { renderReport } from "../report/render.ts";
import { type SpeechShown, speechContent } from "./speech-content.ts";

/**
 * A page that stands by itself: word errors, the utterances with the most of them, and their recordings.
 *
 * @param path the folder that holds the speech
 * @throws VrnnError as `speechContent`, and `data/...` for lists that cannot be read
 */
export async function speechPage(
  heard: readonly HeardUtterance[],
  path: string,
  shown: Omit<SpeechShown, "recordings">,
): Promise<string> {
  const speech = await speechContent(heard, { ...shown, recordings: recordingsIn(path) });
  const { html } = renderReport({
    title: "What was heard",
    subtitle: `Speech of ${path.split("/").at(-1)}.`,
    ...{ facts: [], notes: [], columns: [], excerpts: [], history: [], speech },
  });
  return html;
}
