//! Checks that need no event to be readable.

use crate::checks::outcome::Outcome;
use crate::evidence::package::Package;
use crate::json::canonical::canonical_object;

pub fn canonical_form(package: &Package) -> Outcome {
    let canonical = canonical_object(package.object);
    if canonical.as_bytes() == package.file {
        return Outcome::pass();
    }
    let same = canonical.bytes().zip(package.file).take_while(|(one, other)| one == *other).count();
    Outcome::fail(format!("it differs from its canonical form at byte {same}"))
}

pub fn proto_json(package: &Package) -> Outcome {
    Outcome::none_found(package.findings.broken_rule.as_ref())
}

pub fn unknown_fields(package: &Package) -> Outcome {
    match &package.findings.unknown {
        None => Outcome::pass(),
        Some(field) => Outcome::not_checked(format!("{field}, as far as this verifier knows")),
    }
}

pub fn head_digest(package: &Package) -> Outcome {
    let last = package.event_digests.last().map_or("", String::as_str);
    Outcome::same(last, package.control.text("headDigest"), "the head digest is not that of the last event")
}

pub fn control_digest(package: &Package) -> Outcome {
    Outcome::same(&package.control_digest, package.object.text("controlDigest"), "the control digest is not that of the control bundle")
}

pub fn link_digest(package: &Package) -> Outcome {
    Outcome::same(&package.link_digest, package.object.text("linkDigest"), "the link digest is not that of the link")
}

pub fn binding_digest(package: &Package) -> Outcome {
    Outcome::same(&package.binding_digest, package.object.text("bindingDigest"), "the binding digest does not bind what is there")
}
