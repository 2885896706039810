/** The name under which the health of the index is asked for. */
export const INDEX_HEALTH = "nexus.attest.v1.index";

/** Headers of the answer about the index: the standard's message has no room for more than a status. */
export const LAG_HEADERS = {
  seconds: "nexus-index-lag-seconds",
  events: "nexus-index-lag-events",
  position: "nexus-index-position",
} as const;
