//! Rules about the run and what binds it to the log, one at a time.

use crate::forger::{Forger, fails_behind as case};
use serde_json::{Value, json};

fn router(name: &'static str, value: Value) -> impl FnOnce(&mut Forger) {
    move |forger| forger.package["router"][name] = value
}

fn without(section: &'static str, name: &'static str) -> impl FnOnce(&mut Forger) {
    move |forger| drop(forger.package[section].as_object_mut().unwrap().remove(name))
}

#[test]
fn the_run_is_the_one_that_was_recorded() {
    case("nothing changed", |_| {}, &[]);
    case("another run", router("runId", json!("run-0002")), &["router_section"]);
    case("another adapter", router("adapterId", json!("others")), &["router_section"]);
    case("another digest", router("routerDigest", json!("sha256:0")), &["router_section"]);
}

#[test]
fn the_run_bundle_is_the_one_that_was_recorded() {
    let run_bundle = &["run_bundle"][..];
    case("other bytes", router("runBundle", json!("AAAA")), run_bundle);
    case("no bytes", without("router", "runBundle"), run_bundle);
    case("empty bytes", router("runBundle", json!("")), &["proto_json", "run_bundle"]);
    case("another media type", router("runBundleMediaType", json!("text/plain")), run_bundle);
    case("no media type", without("router", "runBundleMediaType"), run_bundle);
    case("no mode", without("router", "mode"), run_bundle);
    case("an unknown mode", router("mode", json!("PACKAGE_MODE_UNSPECIFIED")), &["proto_json", "run_bundle"]);
    case("by reference, and yet inside", router("mode", json!("PACKAGE_MODE_REFERENCE")), run_bundle);
    case(
        "by reference, with a media type",
        |f| {
            router("mode", json!("PACKAGE_MODE_REFERENCE"))(f);
            without("router", "runBundle")(f);
        },
        run_bundle,
    );
    let by_reference = |f: &mut Forger| {
        router("mode", json!("PACKAGE_MODE_REFERENCE"))(f);
        without("router", "runBundle")(f);
        without("router", "runBundleMediaType")(f);
    };
    case("by reference", by_reference, &[]);
    case(
        "by reference, with nothing for bytes",
        |f| {
            by_reference(f);
            router("runBundle", json!(""))(f);
        },
        &["proto_json", "run_bundle"],
    );
}

#[test]
fn every_field_of_the_link_follows_from_the_log() {
    for name in ["decisionId", "runId", "adapterId", "requestDigest", "policyDigest", "executionRequestedDigest", "routerRequestDigest", "routerDigest"] {
        case(name, |f| f.package["link"][name] = json!("another"), &["link"]);
        case(name, without("link", name), &["link"]);
    }
    case("mode", |f| f.package["link"]["mode"] = json!("MODE_DRY_RUN"), &["link"]);
    case("no mode", without("link", "mode"), &["link"]);
    case("approvals", |f| f.package["link"]["approvalDigests"].as_array_mut().unwrap().reverse(), &["link"]);
    case("no approvals", without("link", "approvalDigests"), &["link"]);
}
