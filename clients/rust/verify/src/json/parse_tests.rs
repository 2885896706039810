use super::canonical::canonical_object;
use super::parse::{MAX_DEPTH, MAX_TOKENS, Repeated, Unreadable, parse};
use super::value::{Object, Value};

/// The canonical form of a text in an array; `None` if it is no JSON, or has none.
fn canonical(text: &[u8]) -> Option<String> {
    let value = parse(text, Repeated::LastCounts).ok()?;
    Some(canonical_object(&Object::of([("v", Some(value))]))).map(|written| written["{\"v\":".len()..written.len() - 1].to_owned())
}

fn becomes(text: &str, expected: &str) {
    assert_eq!(canonical(text.as_bytes()).as_deref(), Some(expected), "{text}");
}

#[test]
fn takes_json_and_writes_its_canonical_form() {
    becomes(" { \"b\" : [ 1 , true , null ] ,\r\n\t\"a\" : { } } ", r#"{"a":{},"b":[1,true,null]}"#);
    becomes(r#""\u0041\/\"\\\b\f\n\r\t\u001f\u007f\u00e9""#, "\"A/\\\"\\\\\\b\\f\\n\\r\\t\\u001f\u{7f}é\"");
    becomes(r#""\ud83d\uded2""#, "\"🛒\"");
    becomes("[1.0,1e0,10E-1,-0,0.1e1,1e21,100000000000000000000]", "[1,1,1,0,1,1e+21,100000000000000000000]");
    // By UTF-16 code units U+1F6D2 stands before U+FB33; by UTF-8 it would not.
    becomes("{\"\u{fb33}\":1,\"🛒\":2,\"a\":3,\"\":4}", "{\"\":4,\"a\":3,\"🛒\":2,\"\u{fb33}\":1}");
    becomes("\"e\u{301}\"", "\"e\u{301}\""); // nothing is normalized
}

#[test]
fn the_last_of_equal_names_counts() {
    becomes(r#"{"a":1,"b":2,"a":{"c":3},"\u0061":4}"#, r#"{"a":4,"b":2}"#);
    becomes(r#"{"a":"\ud800","a":1}"#, r#"{"a":1}"#);
    becomes(r#"{"a":{"\udfff":1e400},"a":1}"#, r#"{"a":1}"#);
    assert_eq!(parse(br#"{"a":1,"\u0061":1}"#, Repeated::Refused), Err(Unreadable::Syntax { at: 18, what: "a name stands twice in the object before" }));
}

#[test]
fn what_has_no_canonical_form_is_told_from_what_is_no_json() {
    let texts = [
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\ud800\ud800\udc00""#,
        r#""\ud800x\udc00""#,
        r#""\ud800\n""#,
        r#"{"\ud800":1}"#,
        r#"[{"a":["\udc00"]}]"#,
        "1e400",
        "[-1e999999999]",
    ];
    for text in texts {
        assert_eq!(parse(text.as_bytes(), Repeated::LastCounts), Err(Unreadable::NoCanonicalForm), "{text}");
    }
}

#[test]
fn takes_nothing_else() {
    let texts = [
        "",
        " ",
        "\u{feff}1",
        "tru",
        "True",
        "nul",
        "NaN",
        "Infinity",
        "-Infinity",
        "'a'",
        "a",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{}}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "1 2",
        "// c\n1",
        "/**/1",
        "01",
        "-01",
        "+1",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "-",
        "0x10",
        "1_000",
        "１",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\u12é4\"",
        "\"\\U0041\"",
        "\"a\nb\"",
        "\"\t\"",
        "\"\u{0}\"",
        "[1]\u{0}",
        "\u{a0}1",
        "\u{c}1",
    ];
    for text in texts {
        assert!(matches!(parse(text.as_bytes(), Repeated::LastCounts), Err(Unreadable::Syntax { .. })), "{text}");
    }
    let not_utf8: [&[u8]; 6] = [b"\"\xff\"", b"\"\xed\xa0\x80\"", b"\"\xc0\xaf\"", b"\"\xf4\x90\x80\x80\"", b"\"\xe2\x82\"", b"\xff\xfe1\0"];
    for bytes in not_utf8 {
        assert_eq!(parse(bytes, Repeated::LastCounts), Err(Unreadable::NotUtf8), "{bytes:?}");
    }
}

#[test]
fn keeps_its_limits() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(parse(&nested(MAX_DEPTH), Repeated::LastCounts).is_ok());
    assert!(parse(&nested(MAX_DEPTH + 1), Repeated::LastCounts).is_err());
    assert!(parse(&vec![b'['; 1_000_000], Repeated::LastCounts).is_err());
    assert!(parse("{\"a\":".repeat(1_000_000).as_bytes(), Repeated::LastCounts).is_err());
    // Inside a string nothing is counted.
    let list = |commas: usize| format!("[\"[[{{,,,\\\"[\"{}]", ",1".repeat(commas));
    assert!(matches!(parse(list(MAX_TOKENS - 1).as_bytes(), Repeated::LastCounts), Ok(Value::Array(_))));
    assert!(parse(list(MAX_TOKENS).as_bytes(), Repeated::LastCounts).is_err());
}

#[test]
fn any_bytes_can_be_read() {
    let mut random = fastrand::Rng::with_seed(2);
    let alphabet = b"{}[]\",:\\u0dD8cCeE+-.19 \ntfn\xed\xa0";
    for _ in 0..200_000 {
        let length = random.usize(..24);
        let bytes: Vec<u8> = std::iter::repeat_with(|| alphabet[random.usize(..alphabet.len())]).take(length).collect();
        if let Some(written) = canonical(&bytes) {
            becomes(&written, &written);
        }
    }
}
