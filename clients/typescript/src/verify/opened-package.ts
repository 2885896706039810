import { digest } from "./digest.js";
import { type Flaws, flawsOf } from "./flaws.js";
import { type Json, readJson } from "./json.js";
import { type CONTROL_BUNDLE, type EVENT, type LINK, PACKAGE, type ROUTER_SECTION } from "./package-fields.js";
import type { Shape } from "./schema.js";

export const PACKAGE_VERSION = "nexus.attest/audit-package/v1";
const BUNDLE_VERSION = "nexus.attest/control-bundle/v1";
const MAX_EVENTS = 10_000;

/** A file whose format is known: its fields have the JSON types that they should have, and nothing else is known of them. */
export interface OpenedPackage {
  readonly text: string;
  readonly value: Json;
  /** Flaws of the known fields, wherever they are. */
  readonly flaws: Flaws;
  readonly given: Shape<typeof PACKAGE>;
  readonly bundle: Shape<typeof CONTROL_BUNDLE>;
  readonly router: Shape<typeof ROUTER_SECTION>;
  readonly link: Shape<typeof LINK>;
  readonly events: readonly Shape<typeof EVENT>[];
  /** Digests as recomputed, each taken of the JSON as it is given. */
  readonly eventDigests: readonly string[];
  readonly controlDigest: string;
  readonly linkDigest: string;
  readonly bindingDigest: string;
  /** Absent if there is no template. */
  readonly templateDigest: string | undefined;
}

/** Opens a package, or says in words why its format is not known. */
export function openPackage(bytes: Uint8Array): OpenedPackage | string {
  const read = readJson(bytes);
  if (typeof read === "string") return read;
  const flaws = flawsOf(PACKAGE, read.value, "");
  if (flaws.type !== undefined) return flaws.type;
  const given = read.value as Shape<typeof PACKAGE>;
  const { packageVersion, controlBundle: bundle, router, link, template } = given;
  if (packageVersion !== PACKAGE_VERSION) return `packageVersion is not ${PACKAGE_VERSION}`;
  if (bundle === undefined || router === undefined || link === undefined)
    return "controlBundle, router or link is missing";
  if (bundle.bundleVersion !== BUNDLE_VERSION) return `bundleVersion is not ${BUNDLE_VERSION}`;
  const { events = [] } = bundle;
  if (events.length === 0 || events.length > MAX_EVENTS)
    return `it holds ${events.length} events, not 1 to ${MAX_EVENTS}`;
  const controlDigest = digest(bundle);
  const linkDigest = digest(link);
  return {
    ...{ text: read.text, value: read.value, flaws, given, bundle, router, link, events },
    eventDigests: events.map(digest),
    controlDigest,
    linkDigest,
    bindingDigest: digest({ packageVersion, controlDigest, routerDigest: router.routerDigest, linkDigest }),
    templateDigest: template && digest(template),
  };
}
