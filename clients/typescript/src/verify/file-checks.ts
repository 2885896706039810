import { canonicalForm } from "./canonical.js";
import { type Finding, fail, notChecked, PASS, same, unless } from "./finding.js";
import type { Json } from "./json.js";
import type { OpenedPackage } from "./opened-package.js";

// Checks that need nothing but a file whose format is known.

export function canonicalFormOf({ text, value }: OpenedPackage): Finding {
  return canonicalForm(value as Json) === text ? PASS : fail("the file is not the canonical form of its JSON value");
}

export function protoJson({ flaws }: OpenedPackage): Finding {
  return unless(flaws.default, flaws.value);
}

export function unknownFields({ flaws }: OpenedPackage): Finding {
  return flaws.unknown === undefined ? PASS : notChecked(`this verifier does not know ${flaws.unknown}`);
}

export function headDigest({ bundle, eventDigests }: OpenedPackage): Finding {
  return same("headDigest", eventDigests.at(-1) ?? "", bundle.headDigest);
}

export function controlDigest({ given, controlDigest }: OpenedPackage): Finding {
  return same("controlDigest", controlDigest, given.controlDigest);
}

export function linkDigest({ given, linkDigest }: OpenedPackage): Finding {
  return same("linkDigest", linkDigest, given.linkDigest);
}

export function bindingDigest({ given, bindingDigest }: OpenedPackage): Finding {
  return same("bindingDigest", bindingDigest, given.bindingDigest);
}
