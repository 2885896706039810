//! The scenarios of clients/scenarios.md through the Rust client. Run by clients/harness/run.ts.
use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nexus_attest_client::v1::blocking_reason::Details;
use nexus_attest_client::v1::create_decision_request::PolicySource;
use nexus_attest_client::v1::decision_event::Body;
use nexus_attest_client::v1::watch_decision_response::Kind;
use nexus_attest_client::v1::watch_decisions_response::Kind as KindOfAll;
use nexus_attest_client::v1::*;
use nexus_attest_client::{Client, Code, Error, Options, WaitError, prost_types};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

type Scenario = Pin<Box<dyn Future<Output = ()> + Send>>;

/// No decision has it.
const NOWHERE: &str = "00000000000000000000000000000000";

const TEXT: &str = "héllo wörld 🛒🏳️‍🌈 שלום é e\u{301} \u{200d} 中文";

fn env(name: &str) -> String {
    std::env::var(format!("NEXUS_ATTEST_{name}")).expect("run by clients/harness/run.ts")
}

async fn named(name: &str) -> Client {
    at("ADDRESS", name).await
}

async fn at(place: &str, name: &str) -> Client {
    let options = Options::development(format!("human:{name}"));
    Client::connect(&env(place), options).await.unwrap()
}

/// Asks the harness for trouble.
async fn told(what: &str) -> String {
    let control = env("CONTROL");
    let host = control.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{what} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{answer}");
    body.to_owned()
}

async fn cuts() -> usize {
    told("cuts").await.parse().unwrap()
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn plan(methods: &[&str]) -> Option<Plan> {
    let step = |(i, method): (usize, &&str)| PlanStep {
        step_id: format!("step-{i}"),
        call: Some(PlanCall { tool: "tool".into(), method: method.to_string(), arguments_json: "{}".into() }),
        ..Default::default()
    };
    Some(Plan { steps: methods.iter().enumerate().map(step).collect() })
}

fn policy(min_approvals: u32) -> Option<PolicySource> {
    let policy = Policy { min_approvals, allowed_modes: vec![Mode::Apply.into()], ..Default::default() };
    Some(PolicySource::Policy(policy))
}

fn request() -> CreateDecisionRequest {
    CreateDecisionRequest {
        goal: "raise the limit".into(),
        mode: Mode::Apply.into(),
        adapter_id: "tool".into(),
        plan: plan(&["write"]),
        policy_source: policy(2),
        ..Default::default()
    }
}

fn one_approval(methods: &[&str]) -> CreateDecisionRequest {
    CreateDecisionRequest { plan: plan(methods), policy_source: policy(1), ..request() }
}

fn labels(value: &str) -> Vec<Label> {
    vec![Label { key: "scenario".into(), value: value.into() }]
}

fn labelled(value: &str) -> CreateDecisionRequest {
    CreateDecisionRequest { labels: labels(value), ..request() }
}

async fn create(you: &Client, request: CreateDecisionRequest) -> String {
    you.decisions.create_decision(request).await.unwrap().decision.unwrap().decision_id
}

async fn get(you: &Client, id: &str) -> Decision {
    let request = GetDecisionRequest { decision_id: id.into(), ..Default::default() };
    you.decisions.get_decision(request).await.unwrap().decision.unwrap()
}

async fn grant(by: &Client, id: &str) -> Result<GrantApprovalResponse, Error> {
    by.decisions.grant_approval(GrantApprovalRequest { decision_id: id.into(), ..Default::default() }).await
}

async fn approve(id: &str, name: &str) {
    grant(&named(name).await, id).await.unwrap();
}

async fn grant_and_revoke(by: &Client, id: &str) {
    grant(by, id).await.unwrap();
    let request = RevokeApprovalRequest { decision_id: id.into(), reason: "again".into(), ..Default::default() };
    by.decisions.revoke_approval(request).await.unwrap();
}

async fn reject(by: &Client, id: &str) {
    let request = RejectDecisionRequest { decision_id: id.into(), reason: "enough".into(), ..Default::default() };
    by.decisions.reject_decision(request).await.unwrap();
}

fn waiting_execution(id: &str) -> ExecuteDecisionRequest {
    let wait = Some(prost_types::Duration { seconds: 30, nanos: 0 });
    ExecuteDecisionRequest { decision_id: id.into(), wait, ..Default::default() }
}

async fn listed(you: &Client, label: &str, page_size: i32, consistency_token: &str) -> Vec<String> {
    let filter = DecisionFilter { labels: labels(label), ..Default::default() };
    let mut request = ListDecisionsRequest { filter: Some(filter), page_size, consistency_token: consistency_token.into(), ..Default::default() };
    let mut ids = Vec::new();
    loop {
        let page = you.decisions.list_decisions(request.clone()).await.unwrap();
        ids.extend(page.decisions.into_iter().map(|each| each.decision_id));
        if page.next_page_token.is_empty() {
            return ids;
        }
        request.page_token = page.next_page_token;
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, reason: &str, code: Code) -> Error {
    let error = result.expect_err(reason);
    assert_eq!((error.reason(), error.code()), (reason, code), "{error}");
    error
}

/// Collects the messages of a watch to its end.
fn followed(watcher: Client, id: &str) -> JoinHandle<Vec<Kind>> {
    let mut watch = watcher.watch(id, 0);
    tokio::spawn(async move {
        let mut found = Vec::new();
        while let Some(message) = watch.next().await {
            found.push(message.unwrap().kind.unwrap());
        }
        found
    })
}

fn seqs(messages: &[Kind]) -> Vec<u32> {
    let seq = |message: &Kind| match message {
        Kind::Event(recorded) => Some(recorded.event.as_ref()?.seq),
        _ => None,
    };
    messages.iter().filter_map(seq).collect()
}

/// Watches a decision from its beginning to its end, with trouble in the middle.
async fn driven(trouble: impl Future<Output = ()>) {
    let you = named("you").await;
    let id = create(&you, request()).await;
    let following = followed(named("you").await, &id);
    approve(&id, "ann").await;
    trouble.await;
    approve(&id, "ben").await;
    let done = timeout(milliseconds(30_000), you.execute_and_wait(&id, None)).await.unwrap().unwrap();
    let messages = following.await.unwrap();
    assert_eq!(seqs(&messages), (0..=done.head_seq).collect::<Vec<_>>());
    assert_eq!(messages.iter().filter(|each| matches!(each, Kind::CaughtUp(_))).count(), 1);
    let state = |message: &Kind| match message {
        Kind::Lifecycle(update) => Some(update.lifecycle.as_ref()?.state()),
        _ => None,
    };
    assert_eq!(messages.iter().rev().find_map(state), Some(DecisionState::Completed));
}

async fn down_and_up(how: &str) {
    sleep(milliseconds(300)).await;
    told(how).await;
    sleep(milliseconds(500)).await;
    told("start").await;
}

async fn pipeline() {
    let you = named("you").await;
    let id = create(&you, request()).await;
    approve(&id, "ann").await;
    approve(&id, "ben").await;
    let done = you.execute_and_wait(&id, None).await.unwrap();
    assert_eq!(done.lifecycle.unwrap().state(), DecisionState::Completed);
    let export = ExportAuditPackageRequest { decision_id: id, mode: PackageMode::Embedded.into() };
    let made = you.audit.export_audit_package(export).await.unwrap();
    let verify = VerifyAuditPackageRequest { package_json: made.package_json, ..Default::default() };
    let report = you.audit.verify_audit_package(verify).await.unwrap().report.unwrap();
    assert!(matches!(report.verdict(), Verdict::Consistent | Verdict::Authentic), "{report:?}");
    assert_eq!(report.binding_digest, made.binding_digest);
}

async fn idempotency() {
    let you = named("you").await;
    let named = CreateDecisionRequest { request_id: "rust-scenario-2".into(), ..request() };
    let first = create(&you, named.clone()).await;
    assert_eq!(create(&you, named.clone()).await, first);
    let another = CreateDecisionRequest { goal: "another".into(), ..named };
    refused(you.decisions.create_decision(another).await, "REQUEST_ID_REUSED", Code::AlreadyExists);
}

async fn gate_closed() {
    let you = named("you").await;
    let id = create(&you, request()).await;
    approve(&id, "ann").await;
    let execute = ExecuteDecisionRequest { decision_id: id, ..Default::default() };
    let error = refused(you.decisions.execute_decision(execute).await, "GATE_CLOSED", Code::FailedPrecondition);
    let [reason] = error.blocking_reasons() else { panic!("{error:?}") };
    assert_eq!(reason.code(), BlockingCode::MissingApprovals);
    let Some(Details::MissingApprovals(missing)) = &reason.details else { panic!("{reason:?}") };
    assert_eq!((missing.required, missing.have, missing.missing), (2, 1, 1));
}

async fn field_violations() {
    let you = named("you").await;
    let none = CreateDecisionRequest { policy_source: policy(0), ..request() };
    let error = refused(you.decisions.create_decision(none).await, "INVALID_REQUEST", Code::InvalidArgument);
    let fields: Vec<_> = error.field_violations().iter().map(|each| each.field.as_str()).collect();
    assert_eq!(fields, ["policy.min_approvals"]);
}

async fn self_approval() {
    let you = named("you").await;
    let id = create(&you, request()).await;
    refused(grant(&you, &id).await, "SELF_APPROVAL", Code::PermissionDenied);
}

async fn not_found() {
    let you = named("you").await;
    let get = GetDecisionRequest { decision_id: NOWHERE.into(), ..Default::default() };
    refused(you.decisions.get_decision(get).await, "DECISION_NOT_FOUND", Code::NotFound);
    let mut watch = you.watch(NOWHERE, 0);
    refused(watch.next().await.unwrap(), "DECISION_NOT_FOUND", Code::NotFound);
    assert!(watch.next().await.is_none());
}

async fn deadline() {
    let you = named("you").await;
    let id = create(&you, one_approval(&["slow", "slow"])).await;
    approve(&id, "ann").await;
    let began = Instant::now();
    let late = you.decisions.execute_decision(waiting_execution(&id)).timeout(milliseconds(200)).await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded, "{late}");
    assert!(began.elapsed() < milliseconds(2_000));
    assert_eq!(you.wait_until_terminal(&id).await.unwrap().state(), DecisionState::Completed);
}

async fn cancellation() {
    let you = named("you").await;
    let id = create(&you, one_approval(&["slow", "slow", "slow"])).await;
    approve(&id, "ann").await;
    let watching = followed(you.clone(), &id);
    let execute = you.decisions.execute_decision(waiting_execution(&id));
    let executing = tokio::spawn(async move { execute.await });
    sleep(milliseconds(300)).await;
    let began = Instant::now();
    watching.abort();
    executing.abort();
    assert!(watching.await.unwrap_err().is_cancelled());
    assert!(executing.await.unwrap_err().is_cancelled());
    assert!(began.elapsed() < milliseconds(1_000));
    you.wait_until_terminal(&id).await.unwrap();
}

async fn through_cuts() {
    let (you, ann) = (named("you").await, named("ann").await);
    let id = create(&you, request()).await;
    let following = followed(at("PROXY", "you").await, &id);
    told("cut-on?every=80").await;
    let mut pairs = 0;
    while pairs < 600 || cuts().await < 50 {
        grant_and_revoke(&ann, &id).await;
        pairs += 1;
    }
    told("cut-off").await;
    reject(&ann, &id).await;
    let found = seqs(&following.await.unwrap());
    let head = get(&you, &id).await.head_seq;
    assert!(head > 1_000);
    assert!(found == (0..=head).collect::<Vec<_>>(), "{head}, {}", found.len());
}

async fn ten_thousand() {
    const EACH: u32 = 625;
    const DECISIONS: usize = 8;
    let you = named("you").await;
    for _ in 0..DECISIONS {
        create(&you, labelled("rust-13")).await;
    }
    let filter = DecisionFilter { labels: labels("rust-13"), ..Default::default() };
    let mut watch = named("you").await.watch_all(Some(filter), "");
    let (begin, begun) = oneshot::channel();
    let watching = tokio::spawn(async move {
        let (mut begin, mut open) = (Some(begin), DECISIONS);
        let mut found = HashMap::<String, Vec<u32>>::new();
        while let Some(message) = watch.next().await {
            let change = match message.unwrap().kind.unwrap() {
                KindOfAll::CaughtUp(_) => {
                    begin.take().unwrap().send(()).unwrap();
                    continue;
                }
                KindOfAll::Change(change) => change,
                KindOfAll::Heartbeat(_) => panic!("heartbeats are kept back"),
            };
            let Some(event) = change.event.and_then(|recorded| recorded.event) else { continue };
            if matches!(event.body, Some(Body::DecisionRejected(_))) {
                open -= 1;
            }
            found.entry(event.decision_id).or_default().push(event.seq);
            if open == 0 {
                break;
            }
        }
        found
    });
    begun.await.unwrap();
    let ids = listed(&you, "rust-13", 0, "").await;
    assert_eq!(ids.len(), DECISIONS);
    let drive = |(i, id): (usize, &String)| {
        let id = id.clone();
        tokio::spawn(async move {
            let ann = named(&format!("ann-{i}")).await;
            for _ in 0..EACH {
                grant_and_revoke(&ann, &id).await;
            }
            reject(&ann, &id).await;
        })
    };
    let driving: Vec<_> = ids.iter().enumerate().map(drive).collect();
    for each in driving {
        each.await.unwrap();
    }
    let found = watching.await.unwrap();
    for id in ids {
        // The first two are there before the watch is, which begins with decisions as they stand.
        assert!(found[&id] == (2..2 * EACH + 3).collect::<Vec<_>>(), "{id}: {}", found[&id].len());
    }
}

async fn waiting() {
    let you = named("you").await;
    let waited = |id: String| {
        let you = you.clone();
        tokio::spawn(async move { you.wait_until_executable(&id).await })
    };
    let id = create(&you, request()).await;
    let mut in_time = waited(id.clone());
    approve(&id, "ann").await;
    assert!(timeout(milliseconds(200), &mut in_time).await.is_err());
    approve(&id, "ben").await;
    assert!(in_time.await.unwrap().unwrap().executable);
    let other = create(&you, request()).await;
    let in_vain = waited(other.clone());
    sleep(milliseconds(200)).await;
    reject(&named("ann").await, &other).await;
    match in_vain.await.unwrap() {
        Err(WaitError::WrongTurn(lifecycle)) => assert_eq!(lifecycle.state(), DecisionState::Rejected),
        another => panic!("{another:?}"),
    }
}

async fn server_down() {
    let you = named("you").await;
    create(&you, request()).await;
    told("stop").await;
    let creating = tokio::spawn({
        let you = you.clone();
        async move { create(&you, labelled("rust-15")).await }
    });
    sleep(milliseconds(1_000)).await;
    told("start").await;
    let id = creating.await.unwrap();
    assert_eq!(listed(&you, "rust-15", 0, "").await, [id]);
}

async fn any_text() {
    let you = named("you").await;
    let id = create(&you, CreateDecisionRequest { goal: TEXT.into(), ..request() }).await;
    let grant = GrantApprovalRequest { decision_id: id.clone(), comment: TEXT.into(), ..Default::default() };
    named("ann").await.decisions.grant_approval(grant).await.unwrap();
    let found = get(&you, &id).await;
    assert_eq!((found.goal.as_str(), found.approvals[0].comment.as_str()), (TEXT, TEXT));
}

async fn large_plans() {
    let you = named("you").await;
    let steps = |count| CreateDecisionRequest { plan: plan(&vec!["write"; count]), ..request() };
    let id = create(&you, steps(1_000)).await;
    assert_eq!(get(&you, &id).await.plan.unwrap().steps.len(), 1_000);
    let error = refused(you.decisions.create_decision(steps(1_001)).await, "INVALID_REQUEST", Code::InvalidArgument);
    let fields: Vec<_> = error.field_violations().iter().map(|each| each.field.as_str()).collect();
    assert_eq!(fields, ["plan.steps"]);
}

async fn wrong_credentials() {
    for options in [Options::default(), Options::development("nobody"), Options::development("human:")] {
        let nobody = Client::connect(&env("ADDRESS"), options).await.unwrap();
        let began = Instant::now();
        refused(nobody.decisions.create_decision(request()).await, "UNAUTHENTICATED", Code::Unauthenticated);
        refused(nobody.watch(NOWHERE, 0).next().await.unwrap(), "UNAUTHENTICATED", Code::Unauthenticated);
        assert!(began.elapsed() < milliseconds(2_000));
    }
    let unreadable = Client::connect(&env("ADDRESS"), Options::token_file("there/is/none")).await.unwrap();
    refused(unreadable.decisions.create_decision(request()).await, "", Code::Unauthenticated);
    let unsafe_or_wrong = [
        ("http://attest.example:7350", Options::development("human:you")),
        ("attest.example:7350", Options::default()),
        ("https://you:secret@attest.example", Options::default()),
        ("http://127.0.0.1:7350", Options::certificate("me.pem", "me.key")),
        ("https://attest.example", Options::certificate("there/is/none", "me.key")),
        ("http://127.0.0.1:7350", Options::development("human:you\r\nnexus-groups: all")),
    ];
    for (address, options) in unsafe_or_wrong {
        refused(Client::connect(address, options).await, "", Code::InvalidArgument);
    }
}

async fn pages() {
    let you = named("you").await;
    let (mut ids, mut token) = (Vec::new(), String::new());
    for _ in 0..5 {
        let made = you.decisions.create_decision(labelled("rust-19")).await.unwrap();
        ids.insert(0, made.decision.unwrap().decision_id);
        token = made.consistency_token;
    }
    assert_eq!(listed(&you, "rust-19", 2, &token).await, ids);
}

async fn progress() {
    let you = named("you").await;
    let id = create(&you, one_approval(&["slow", "slow"])).await;
    approve(&id, "ann").await;
    let following = followed(named("you").await, &id);
    you.execute_and_wait(&id, None).await.unwrap();
    let messages = following.await.unwrap();
    let steps = |message: &Kind| match message {
        Kind::RunProgress(progress) => Some(progress.steps_executed),
        _ => None,
    };
    let told: Vec<u32> = messages.iter().filter_map(steps).collect();
    assert!(!told.is_empty() && told.is_sorted(), "{told:?}");
}

async fn lost_answers() {
    let (you, cut) = (named("you").await, at("PROXY", "you").await);
    told("cut-on?every=80").await;
    let mut made = Vec::new();
    while made.len() < 100 || cuts().await < 50 {
        made.push(create(&cut, labelled("rust-21")).await);
    }
    told("cut-off").await;
    let token = you.decisions.create_decision(request()).await.unwrap().consistency_token;
    let mut found = listed(&you, "rust-21", 200, &token).await;
    found.sort();
    made.sort();
    assert!(found == made, "{} were made, and {} are there", made.len(), found.len());
}

fn credential(name: &str) -> PathBuf {
    PathBuf::from(env("CREDENTIALS")).join(name)
}

/// A client of the server that wants proof.
async fn proven(options: Options) -> Client {
    let options = Options { ca_file: Some(credential("ca.pem")), ..options };
    Client::connect(&env("SECURE"), options).await.unwrap()
}

async fn service() -> Client {
    proven(Options::token_file(credential("pipeline.token"))).await
}

fn certificate(name: &str) -> Options {
    Options::certificate(credential(&format!("{name}.pem")), credential(&format!("{name}.key")))
}

/// A token that says how often it was asked for: once for each try of a call.
fn counted(give: impl Fn() -> String + Send + Sync + 'static) -> (Options, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&asked);
    let options = Options::token(move || {
        counting.fetch_add(1, Ordering::Relaxed);
        Ok(give())
    });
    (options, asked)
}

fn token_in(name: &str) -> impl Fn() -> String + use<> {
    let file = credential(&format!("{name}.token"));
    move || std::fs::read_to_string(&file).unwrap().trim().to_owned()
}

/// Tokens of the issuer, for ben, who approves.
fn issued(seconds: u32) -> impl Fn() -> String {
    move || tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(told(&format!("token?seconds={seconds}"))))
}

fn always(token: String) -> Options {
    Options::token(move || Ok(token.clone()))
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < milliseconds(30_000), "{what}");
        sleep(milliseconds(50)).await;
    }
}

/// Rejects a decision, which ends what follows it, and holds what came against what there is.
async fn rejected(id: &str, by: &Client, following: JoinHandle<Vec<Kind>>) {
    let request = RejectDecisionRequest { decision_id: id.into(), reason: "enough".into(), ..Default::default() };
    let last = by.decisions.reject_decision(request).await.unwrap().event.unwrap().event.unwrap().seq;
    let messages = following.await.unwrap();
    assert_eq!(seqs(&messages), (0..=last).collect::<Vec<_>>());
    assert_eq!(messages.iter().filter(|each| matches!(each, Kind::CaughtUp(_))).count(), 1);
}

/// The error with which a watch ends.
async fn end(watcher: &Client, id: &str) -> Result<(), Error> {
    let mut watch = watcher.watch(id, 0);
    while let Some(message) = watch.next().await {
        message?;
    }
    Ok(())
}

async fn own_authority() {
    create(&service().await, request()).await;
    for ca_file in [Some(credential("other-ca.pem")), None] {
        let options = Options { ca_file, timeout: milliseconds(2_000), ..Options::token_file(credential("pipeline.token")) };
        let deceived = Client::connect(&env("SECURE"), options).await.unwrap();
        let began = Instant::now();
        let error = refused(deceived.decisions.create_decision(request()).await, "", Code::Unavailable);
        assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
        assert!(began.elapsed() < milliseconds(3_000));
    }
}

async fn tokens() {
    let made = service().await.decisions.create_decision(request()).await.unwrap().decision.unwrap();
    assert_eq!(made.requester.unwrap().id, "pipeline");
    for name in ["unknown", "expired"] {
        let (options, asked) = counted(token_in(name));
        let nobody = proven(options).await;
        refused(nobody.decisions.create_decision(request()).await, "UNAUTHENTICATED", Code::Unauthenticated);
        refused(end(&nobody, &made.decision_id).await, "UNAUTHENTICATED", Code::Unauthenticated);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}

async fn client_certificates() {
    let id = create(&service().await, request()).await;
    let granted = grant(&proven(certificate("ann")).await, &id).await.unwrap();
    assert_eq!(granted.event.unwrap().event.unwrap().actor.unwrap().id, "ann@example.com");
    for options in [certificate("stranger"), Options::default()] {
        let began = Instant::now();
        refused(proven(options).await.decisions.create_decision(request()).await, "UNAUTHENTICATED", Code::Unauthenticated);
        assert!(began.elapsed() < milliseconds(2_000));
    }
}

async fn roles() {
    let (options, asked) = counted(token_in("pipeline"));
    let service = proven(options).await;
    let id = create(&service, request()).await;
    asked.store(0, Ordering::Relaxed);
    refused(grant(&service, &id).await, "PERMISSION_DENIED", Code::PermissionDenied);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let ben = proven(always(issued(60)())).await;
    refused(ben.decisions.create_decision(request()).await, "PERMISSION_DENIED", Code::PermissionDenied);
}

async fn rotated_tokens() {
    let (options, asked) = counted(issued(3));
    let (ben, late) = (proven(options).await, proven(always(issued(3)())).await);
    let id = create(&service().await, request()).await;
    let following = followed(ben.clone(), &id);
    refused(end(&late, &id).await, "UNAUTHENTICATED", Code::Unauthenticated);
    until("the watch asks for new tokens", || asked.load(Ordering::Relaxed) >= 3).await;
    rejected(&id, &ben, following).await;
}

async fn silence() {
    let (options, asked) = counted(issued(60));
    let ben = proven(Options { silence: milliseconds(500), ..options }).await;
    let id = create(&service().await, request()).await;
    let following = followed(ben, &id);
    until("the watch asks anew", || asked.load(Ordering::Relaxed) >= 4).await;
    rejected(&id, &proven(always(issued(60)())).await, following).await;
}

async fn muted() {
    let options = Options { silence: milliseconds(2_000), ..Options::development("human:you") };
    let watcher = Client::connect(&env("PROXY"), options).await.unwrap();
    let id = create(&named("you").await, request()).await;
    let mut watch = watcher.watch(&id, 0);
    let (begin, begun) = oneshot::channel();
    let following = tokio::spawn(async move {
        let (mut found, mut begin) = (Vec::new(), Some(begin));
        while let Some(message) = watch.next().await {
            let kind = message.unwrap().kind.unwrap();
            if matches!(kind, Kind::CaughtUp(_)) {
                begin.take().unwrap().send(()).unwrap();
            }
            found.push(kind);
        }
        found
    });
    begun.await.unwrap();
    assert_ne!(told("mute").await, "0");
    rejected(&id, &named("ann").await, following).await;
}

async fn cut_without_news() {
    let id = create(&named("you").await, request()).await;
    let following = followed(at("PROXY", "you").await, &id);
    told("cut-on?every=50").await;
    sleep(milliseconds(6_000)).await;
    let cuts = cuts().await;
    told("cut-off").await;
    assert!(2 < cuts && cuts < 20, "{cuts}");
    rejected(&id, &named("ann").await, following).await;
}

async fn another_log() {
    let (you, ann) = (named("you").await, named("ann").await);
    let id = create(&you, request()).await;
    told("keep").await;
    grant_and_revoke(&ann, &id).await;
    told("swap").await;
    grant_and_revoke(&ann, &id).await;
    let mut watch = you.watch(&id, 0);
    let (begin, begun) = oneshot::channel();
    let following = tokio::spawn(async move {
        let (mut found, mut begin) = (Vec::new(), Some(begin));
        while let Some(message) = watch.next().await {
            let kind = match message {
                Ok(message) => message.kind.unwrap(),
                Err(error) => return (found, Some(error)),
            };
            if matches!(kind, Kind::CaughtUp(_)) {
                begin.take().unwrap().send(()).unwrap();
            }
            found.push(kind);
        }
        (found, None)
    });
    begun.await.unwrap();
    told("swap").await;
    grant_and_revoke(&ann, &id).await;
    let (found, error) = following.await.unwrap();
    assert_eq!(error.unwrap().code(), Code::DataLoss);
    assert_eq!(seqs(&found), [0, 1, 2, 3]);
}

async fn slow_connection() {
    told("slow?ms=3000").await;
    let id = create(&named("you").await, request()).await;
    let far = at("PROXY", "you").await;
    let found = far.decisions.get_decision(GetDecisionRequest { decision_id: id.clone(), ..Default::default() }).timeout(milliseconds(10_000)).await;
    told("slow?ms=0").await;
    assert_eq!(found.unwrap().decision.unwrap().decision_id, id);
}

fn scenarios() -> Vec<(u32, &'static str, Scenario)> {
    vec![
        (1, "a decision goes the whole way, and its package verifies", Box::pin(pipeline())),
        (2, "a request_id does a thing once, and nothing else", Box::pin(idempotency())),
        (3, "a closed gate says why, in types", Box::pin(gate_closed())),
        (4, "a field that breaks a constraint is named", Box::pin(field_violations())),
        (5, "the requester cannot approve", Box::pin(self_approval())),
        (6, "a decision that there is not is not found, nor watched", Box::pin(not_found())),
        (7, "a deadline ends the call, not the run", Box::pin(deadline())),
        (8, "cancelling ends a watch and a call within a second", Box::pin(cancellation())),
        (9, "a watch tells a decision from its beginning to its end, and ends", Box::pin(driven(async {}))),
        (10, "a watch goes on through a restart of the server", Box::pin(driven(down_and_up("stop")))),
        (11, "a watch goes on after the server was killed", Box::pin(driven(down_and_up("kill")))),
        (12, "a watch through a proxy that cuts connections has no gap and no repeat", Box::pin(through_cuts())),
        (13, "ten thousand events are watched without a gap", Box::pin(ten_thousand())),
        (14, "waiting until a decision can be executed ends with the last approval, or in vain", Box::pin(waiting())),
        (15, "a call made while the server is down is done once it is up, and once only", Box::pin(server_down())),
        (16, "any text comes back as it was", Box::pin(any_text())),
        (17, "a plan of 1,000 steps is taken, one of 1,001 is a clear error", Box::pin(large_plans())),
        (18, "wrong credentials are refused at once, and so are connections that would be unsafe", Box::pin(wrong_credentials())),
        (19, "a list reads what was just written, page by page", Box::pin(pages())),
        (20, "a run tells how far it is", Box::pin(progress())),
        (21, "calls whose answers are lost are done once", Box::pin(lost_answers())),
        (23, "over TLS a server is known by its authority, and by no other", Box::pin(own_authority())),
        (24, "a token says who calls; one that is unknown or has expired is refused, and not tried again", Box::pin(tokens())),
        (25, "a client certificate says who calls; one of another authority, and none, are refused", Box::pin(client_certificates())),
        (26, "what the roles do not allow is denied in types, and not tried again", Box::pin(roles())),
        (27, "a watch goes on with a new token when the old one has run out, and ends if there is none", Box::pin(rotated_tokens())),
        (28, "a watch that hears nothing for too long asks anew, without a gap and without a repeat", Box::pin(silence())),
        (29, "a connection that goes silent without being closed is given up, and the watch goes on over another", Box::pin(muted())),
        (30, "a watch that is cut before it hears anything new waits longer each time", Box::pin(cut_without_news())),
        (31, "a watch that is given another log than before ends, and says so", Box::pin(another_log())),
        (32, "a connection that takes its time to be made is waited for", Box::pin(slow_connection())),
    ]
}

#[tokio::main]
async fn main() {
    // Where and why the last check failed, for the line of its scenario.
    let last = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&last);
    std::panic::set_hook(Box::new(move |panic| *told.lock().unwrap() = panic.to_string().replace('\n', " ")));
    let wanted: Vec<u32> = std::env::args().skip(1).filter_map(|number| number.parse().ok()).collect();
    let (mut passed, mut failed) = (0, 0);
    for (number, what, scenario) in scenarios() {
        if !wanted.is_empty() && !wanted.contains(&number) {
            continue;
        }
        let began = Instant::now();
        let mut running = tokio::spawn(scenario);
        match timeout(Duration::from_secs(180), &mut running).await {
            Ok(Ok(())) => {
                passed += 1;
                println!("ok   {number:2} {what} ({:.1} s)", began.elapsed().as_secs_f64());
            }
            Ok(Err(_)) => {
                failed += 1;
                println!("FAIL {number:2} {what}: {}", last.lock().unwrap());
            }
            Err(_) => {
                running.abort();
                failed += 1;
                println!("FAIL {number:2} {what}: it takes more than three minutes");
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    std::process::exit(i32::from(failed > 0));
}
