import { digest, EMBEDDED, forge, type Loose, tamper } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

const OTHER = digest("other");
const atEnd = (change: (given: Loose) => void) => () => forge(() => undefined, { atEnd: change });
const LINK: Loose = JSON.parse(EMBEDDED).link;

/** The link of another decision, or of another run, digests made good. */
const LINKS: readonly Forgery[] = Object.entries(LINK).flatMap(([field, value]) => {
  const other = field === "mode" ? "MODE_DRY_RUN" : Array.isArray(value) ? [OTHER] : OTHER;
  return [
    { what: `a link with another ${field}`, make: atEnd(({ link }) => (link[field] = other)), fails: ["link"] },
    { what: `a link without ${field}`, make: atEnd(({ link }) => delete link[field]), fails: ["link"] },
  ];
});

export const BINDINGS: readonly Forgery[] = [
  ...LINKS,
  { what: "an empty link", make: atEnd((given) => (given.link = {})), fails: ["link"] },
  {
    what: "a link with an unspecified mode",
    make: atEnd(({ link }) => (link.mode = "MODE_UNSPECIFIED")),
    fails: ["proto_json", "link"],
  },
  {
    what: "a link that leaves an approval out",
    make: atEnd(({ link }) => link.approvalDigests.pop()),
    fails: ["link"],
  },
  {
    what: "a link with its approvals in another order",
    make: atEnd(({ link }) => (link.approvalDigests = link.approvalDigests.toReversed())),
    fails: ["link"],
  },
  ...(["controlDigest", "linkDigest", "bindingDigest"] as const).flatMap((field): Forgery[] => {
    const fails = [
      ({ controlDigest: "control_digest", linkDigest: "link_digest", bindingDigest: "binding_digest" } as const)[field],
    ];
    return [
      { what: `another ${field}`, make: () => tamper((given) => (given[field] = OTHER)), fails },
      { what: `no ${field}`, make: () => tamper((given) => delete given[field]), fails },
      {
        what: `${field} in upper case`,
        make: () => tamper((given) => (given[field] = given[field].toUpperCase())),
        fails,
      },
    ];
  }),
  {
    what: "the link of another decision with its own digest",
    make: () =>
      tamper((given) => {
        given.link = { ...LINK, decisionId: "f".repeat(32) };
        given.linkDigest = digest(given.link);
      }),
    fails: ["link", "binding_digest"],
  },
  {
    what: "an unknown field in the control bundle, unbound",
    make: () => tamper(({ controlBundle }) => (controlBundle.note = "trust me")),
    fails: ["control_digest", "binding_digest"],
  },
  {
    what: "an unknown field in an event, unbound",
    make: () => tamper(({ controlBundle }) => (controlBundle.events[3].note = "trust me")),
    fails: ["event_chain", "replay", "control_digest", "binding_digest"],
  },
  {
    what: "an unknown field in the link, unbound",
    make: () => tamper(({ link }) => (link.note = "trust me")),
    fails: ["link_digest", "binding_digest"],
  },
];
