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
  { tolerance = 5 }: DetectionContent,
): Verdicts {
  const meet = (event: FlaggedEvent, incident: IncidentSpan) =>
    event.start <= incident.end + tolerance && event.end >= incident.start;
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
