//! A file that passed `format`: what can be said of it without reading its events.

use crate::fields::inspect::{Empty, Findings, inspect};
use crate::fields::of_package::PACKAGE;
use crate::json::digest::digest_of;
use crate::json::value::{Object, Value};
use crate::trust::policy::TrustPolicy;

pub const PACKAGE_VERSION: &str = "nexus.attest/audit-package/v1";
const BUNDLE_VERSION: &str = "nexus.attest/control-bundle/v1";
/// Bytes of a file.
pub const MAX_FILE: usize = 64 * 1024 * 1024;
const MAX_EVENTS: usize = 10_000;

pub struct Package<'a> {
    pub file: &'a [u8],
    pub object: &'a Object,
    pub trust: &'a TrustPolicy,
    pub findings: Findings,
    pub control: &'a Object,
    pub router: &'a Object,
    pub link: &'a Object,
    pub template: Option<&'a Object>,
    /// At least one.
    pub events: Vec<&'a Object>,
    /// Of the events as given.
    pub event_digests: Vec<String>,
    pub control_digest: String,
    pub link_digest: String,
    /// Of the digests as recomputed.
    pub binding_digest: String,
}

impl<'a> Package<'a> {
    /// Fails as the check `format` does.
    pub fn read(file: &'a [u8], value: &'a Value, trust: &'a TrustPolicy) -> Result<Self, String> {
        let object = value.as_object().ok_or("the file is no JSON object")?;
        let findings = inspect(object, &PACKAGE, Empty::BreaksTheRule);
        if let Some(found) = findings.wrong_type {
            return Err(found);
        }
        version(object, "packageVersion", PACKAGE_VERSION)?;
        let control = object.object("controlBundle").ok_or("there is no controlBundle")?;
        let router = object.object("router").ok_or("there is no router")?;
        let link = object.object("link").ok_or("there is no link")?;
        version(control, "bundleVersion", BUNDLE_VERSION)?;
        let events = control.objects("events");
        if events.is_empty() || events.len() > MAX_EVENTS {
            return Err(format!("there are {} events; there have to be 1 to {MAX_EVENTS}", events.len()));
        }
        let control_digest = digest_of(control);
        let link_digest = digest_of(link);
        let binding = Object::of([
            ("packageVersion", Some(PACKAGE_VERSION.into())),
            ("controlDigest", Some(control_digest.as_str().into())),
            ("routerDigest", router.get("routerDigest").cloned()),
            ("linkDigest", Some(link_digest.as_str().into())),
        ]);
        Ok(Self {
            file,
            object,
            trust,
            findings,
            control,
            router,
            link,
            template: object.object("template"),
            event_digests: events.iter().map(|event| digest_of(event)).collect(),
            events,
            control_digest,
            link_digest,
            binding_digest: digest_of(&binding),
        })
    }

    pub fn decision_id(&self) -> &'a str {
        self.control.text("decisionId")
    }
}

fn version(object: &Object, name: &str, known: &str) -> Result<(), String> {
    let given = object.text(name);
    if given == known { Ok(()) } else { Err(format!("{name} is {given:?}; this verifier knows {known}")) }
}
