//! Packages changed by chance, tens of thousands: none makes the verifier panic, and none is authentic.

mod common;

use common::seal::seal;
use common::{package, trust};
use nexus_attest_verify::{TrustPolicy, Verdict, verify};
use serde_json::{Map, Value, json};

const PACKAGES: [&str; 4] = ["good/embedded.json", "good/reference.json", "good/failed.json", "good/plain.json"];

/// Whoever is believed: the server alone, or everybody.
fn believed() -> [TrustPolicy; 2] {
    [trust("server"), trust("everybody")]
}

fn is_not_authentic(bytes: &[u8], trust: &TrustPolicy, number: usize) {
    let verdict = verify(bytes, trust).verdict;
    assert_ne!(verdict, Verdict::Authentic, "number {number}: {}", String::from_utf8_lossy(bytes));
}

#[test]
fn unchanged_they_are() {
    for name in PACKAGES {
        assert_eq!(verify(&package(name), &trust("server")).verdict, Verdict::Authentic, "{name}");
    }
}

#[test]
fn sealing_changes_nothing_that_is_sealed() {
    for name in PACKAGES {
        let mut value: Value = serde_json::from_slice(&package(name)).unwrap();
        seal(&mut value);
        assert_eq!(serde_json::to_vec(&value).unwrap(), package(name), "{name}");
    }
}

#[test]
fn bytes_changed_by_chance() {
    let mut random = fastrand::Rng::with_seed(20_261_125);
    let believed = believed();
    let genuine: Vec<Vec<u8>> = PACKAGES.into_iter().map(package).collect();
    for number in 0..15_000 {
        let mut bytes = genuine[number % genuine.len()].clone();
        let before = bytes.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            match random.u8(..6) {
                0 => bytes[at] ^= 1 << random.u8(..8),
                1 => bytes[at] = b"\"\\{}[],:0919.-eE+ \n\0\xff"[random.usize(..21)],
                2 => drop(bytes.remove(at)),
                3 => bytes.insert(at, random.u8(..)),
                4 => bytes.truncate(at.max(1)),
                _ => {
                    let end = (at + random.usize(1..200)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = random.usize(..bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
        }
        if bytes != before {
            is_not_authentic(&bytes, &believed[number / PACKAGES.len() % 2], number);
        }
    }
}

#[test]
fn fields_changed_by_chance() {
    let mut random = fastrand::Rng::with_seed(20_261_126);
    let believed = believed();
    let genuine: Vec<Value> = PACKAGES.into_iter().map(|name| serde_json::from_slice(&package(name)).unwrap()).collect();
    let mut changed = 0;
    for number in 0..15_000 {
        let before = &genuine[number % genuine.len()];
        let mut value = before.clone();
        for _ in 0..random.usize(1..3) {
            change_somewhere(&mut value, &mut random);
        }
        // Half of them agree with themselves again, so that the checks behind the first ones get to see them, too.
        if random.bool() && value["controlBundle"].is_object() && value["router"].is_object() {
            seal(&mut value);
        }
        if value != *before {
            changed += 1;
            // The names are ASCII, so that this is the canonical form.
            is_not_authentic(&serde_json::to_vec(&value).unwrap(), &believed[number / PACKAGES.len() % 2], number);
        }
    }
    assert!(changed > 12_000, "{changed}");
}

/// Goes down by chance, and changes what is there.
fn change_somewhere(value: &mut Value, random: &mut fastrand::Rng) {
    let goes_on = random.u8(..8) > 0;
    match value {
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(random.usize(..members.len())).unwrap().clone();
            if goes_on { change_somewhere(&mut members[&name], random) } else { change_members(members, &name, random) }
        }
        Value::Array(elements) if !elements.is_empty() => {
            let index = random.usize(..elements.len());
            match random.u8(..12) {
                0 => drop(elements.remove(index)),
                1 => elements.push(elements[index].clone()),
                2 => elements.swap(0, index),
                _ => change_somewhere(&mut elements[index], random),
            }
        }
        _ => *value = another(value, random),
    }
}

fn change_members(members: &mut Map<String, Value>, name: &str, random: &mut fastrand::Rng) {
    let value = members.remove(name).unwrap();
    match random.u8(..3) {
        0 => {}
        1 => drop(members.insert("unknown".to_owned(), value)),
        _ => drop(members.insert(name.to_owned(), another(&value, random))),
    }
}

fn another(value: &Value, random: &mut fastrand::Rng) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(4_294_967_295_u32),
        json!(1.5),
        json!(""),
        json!([]),
        json!({}),
        json!("2026-11-25T10:30:00Z"),
    ];
    match value {
        Value::String(text) if random.bool() => match random.u8(..4) {
            0 => json!(format!("{text}{text}")),
            1 => json!(text.chars().rev().collect::<String>()),
            2 => json!(text.get(..text.len() / 2).unwrap_or_default()),
            _ => json!(text.replace("HUMAN", "SYSTEM").replace("APPLY", "DRY_RUN").replace('0', "1")),
        },
        Value::Number(number) if random.bool() => json!(number.as_u64().unwrap_or_default() + 1),
        _ => values[random.usize(..values.len())].clone(),
    }
}
