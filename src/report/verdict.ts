import { DEFAULT_TOLERANCE_SECONDS, meets } from "../metrics/spans.ts";
import type { DetectionContent, FlaggedEvent, IncidentSpan, ScoredSequence } from "./content.ts";

/** A sequence's incidents and events, each with whether it met its like. */
export interface Verdicts {
  readonly incidents: readonly (IncidentSpan & { readonly isFound: boolean })[];
  readonly events: readonly (FlaggedEvent & {
    readonly isRight: boolean;
    readonly kinds: readonly string[];
  })[];
}

/** An event and an incident meet when they overlap, the incident's recovery tail included. */
export function verdictsOf(
  { incidents, events }: ScoredSequence,
  { tolerance = DEFAULT_TOLERANCE_SECONDS }: DetectionContent,
): Verdicts {
  const meet = (event: FlaggedEvent, incident: IncidentSpan) => meets(event, incident, tolerance);
  return {
    incidents: incidents.map((incident) => ({
      ...incident,
      isFound: events.some((event) => meet(event, incident)),
    })),
    events: events.map((event) => {
      const kinds = incidents.filter((incident) => meet(event, incident)).map(({ kind }) => kind);
      return { ...event, kinds, isRight: kinds.length > 0 };
    }),
  };
}
