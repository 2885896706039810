//! Makes a changed package agree with itself again, as somebody does who has no key.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Of packages whose names are in ASCII: serde_json writes these in canonical form.
pub fn digest(value: &Value) -> Value {
    let hash = Sha256::digest(serde_json::to_vec(value).unwrap());
    json!(hash.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}")))
}

/// The chain of events, and the digests over all of it; what the events themselves name stays as it is.
pub fn seal(package: &mut Value) {
    let control = &mut package["controlBundle"];
    if let Some(events) = control["events"].as_array_mut() {
        let mut before = None;
        for event in events.iter_mut().filter(|event| event.is_object()) {
            if let Some(before) = before {
                event["previousDigest"] = before;
            }
            before = Some(digest(event));
        }
        control["headDigest"] = before.unwrap_or_default();
    }
    bind(package);
}

/// The digests over all of it; the chain of events stays as it is.
pub fn bind(package: &mut Value) {
    let (control, link) = (digest(&package["controlBundle"]), digest(&package["link"]));
    let binding = json!({
        "packageVersion": package["packageVersion"],
        "controlDigest": control,
        "routerDigest": package["router"]["routerDigest"],
        "linkDigest": link,
    });
    package["bindingDigest"] = digest(&binding);
    package["controlDigest"] = control;
    package["linkDigest"] = link;
}
