use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_stream::try_stream;
use futures_core::Stream;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status, Streaming};

use crate::client::{Client, Connection};
use crate::errors::Error;
use crate::retry::{Backoff, ends_watch};
use crate::v1::decision_service_client::DecisionServiceClient;
use crate::v1::{
    DecisionFilter, Lifecycle, LifecycleCause, WatchDecisionRequest, WatchDecisionResponse, WatchDecisionsRequest, WatchDecisionsResponse,
    watch_decision_response as one, watch_decisions_response as all,
};

/// What a server says, through broken connections and restarts: a [`Stream`], with a [`next`](Self::next) of its own. Dropping it ends the connection.
#[must_use = "nothing is watched unless the messages are asked for"]
pub struct Watch<M>(Pin<Box<dyn Stream<Item = Result<M, Error>> + Send>>);

impl<M> Watch<M> {
    /// The next message; none once the server has said that there are no more. After an error there are none either.
    pub async fn next(&mut self) -> Option<Result<M, Error>> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl<M> Stream for Watch<M> {
    type Item = Result<M, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<M> fmt::Debug for Watch<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Client {
    /// Follows a decision: each event from `from_seq` once and in order, through broken connections and restarts, until it has come to its end.
    ///
    /// Heartbeats are kept back, and so is what a new connection says again: a second caught_up, and a first lifecycle that says nothing new. The last item is an
    /// error if the watch cannot go on.
    pub fn watch(&self, decision_id: impl Into<String>, from_seq: u32) -> Watch<WatchDecisionResponse> {
        let place = InDecision { decision_id: decision_id.into(), next: from_seq, digest: String::new(), caught_up: false, known: None };
        follow(self.connection.clone(), place)
    }

    /// Follows all decisions that match: as they stand, then each change, for ever. Go on later with the last `cursor` of a message; the first time it is empty.
    pub fn watch_all(&self, filter: Option<DecisionFilter>, cursor: impl Into<String>) -> Watch<WatchDecisionsResponse> {
        let cursor = cursor.into();
        let place = InAll { filter, caught_up: !cursor.is_empty(), cursor };
        follow(self.connection.clone(), place)
    }
}

/// Where a watch has come to: from there a new connection goes on.
trait Place: Send + 'static {
    type Message: Send + 'static;

    /// Whether the server ends the stream when there is nothing more to come. One that does not end is opened again.
    const ENDS: bool;

    fn open(&self, connection: &Connection) -> impl Future<Output = Result<Streaming<Self::Message>, Error>> + Send;

    /// Moves on behind the message, and says what it is worth.
    fn take(&mut self, message: &Self::Message) -> Result<News, Error>;
}

/// What a message is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    /// The reader does not know it yet.
    Wanted,
    /// All is as it was, and the connection alive.
    SignOfLife,
    /// What a new connection says again, or of a kind that this client does not know.
    Nothing,
}

impl News {
    fn unless(again: bool) -> Self {
        if again { Self::Nothing } else { Self::Wanted }
    }
}

struct InDecision {
    decision_id: String,
    next: u32,
    digest: String,
    caught_up: bool,
    known: Option<Lifecycle>,
}

impl Place for InDecision {
    type Message = WatchDecisionResponse;
    const ENDS: bool = true;

    async fn open(&self, connection: &Connection) -> Result<Streaming<Self::Message>, Error> {
        let request = WatchDecisionRequest { decision_id: self.decision_id.clone(), from_seq: self.next };
        let request = connection.signed(request).await?;
        let mut service = DecisionServiceClient::new(connection.channel.clone());
        Ok(service.watch_decision(request).await?.into_inner())
    }

    fn take(&mut self, message: &Self::Message) -> Result<News, Error> {
        match &message.kind {
            Some(one::Kind::Event(recorded)) => {
                let seq = recorded.event.as_ref().map_or(0, |event| event.seq);
                if seq > self.next {
                    let message = format!("event {} was to come, and {seq} came", self.next);
                    return Err(Error::new(Code::DataLoss, message));
                }
                if seq < self.next {
                    return Ok(News::Nothing);
                }
                let previous = recorded.event.as_ref().map_or("", |event| &event.previous_digest);
                if !self.digest.is_empty() && previous != self.digest {
                    let message = format!("event {seq} does not follow the one before it that came: the server has another log than before");
                    return Err(Error::new(Code::DataLoss, message));
                }
                self.next = seq.saturating_add(1);
                self.digest.clone_from(&recorded.digest);
                Ok(News::Wanted)
            }
            Some(one::Kind::Lifecycle(update)) => {
                let judged = update.lifecycle.as_ref().map(judgement);
                let again = judged == self.known;
                self.known = judged;
                Ok(News::unless(update.cause() == LifecycleCause::Initial && again))
            }
            Some(one::Kind::CaughtUp(_)) => Ok(News::unless(std::mem::replace(&mut self.caught_up, true))),
            Some(one::Kind::Heartbeat(_)) => Ok(News::SignOfLife),
            None => Ok(News::Nothing),
            Some(one::Kind::RunProgress(_)) => Ok(News::Wanted),
        }
    }
}

struct InAll {
    filter: Option<DecisionFilter>,
    cursor: String,
    caught_up: bool,
}

impl Place for InAll {
    type Message = WatchDecisionsResponse;
    const ENDS: bool = false;

    async fn open(&self, connection: &Connection) -> Result<Streaming<Self::Message>, Error> {
        let request = WatchDecisionsRequest { filter: self.filter.clone(), cursor: self.cursor.clone() };
        let request = connection.signed(request).await?;
        let mut service = DecisionServiceClient::new(connection.channel.clone());
        Ok(service.watch_decisions(request).await?.into_inner())
    }

    fn take(&mut self, message: &Self::Message) -> Result<News, Error> {
        match &message.kind {
            Some(all::Kind::Change(change)) => {
                self.cursor.clone_from(&change.cursor);
                Ok(News::Wanted)
            }
            Some(all::Kind::CaughtUp(caught_up)) => {
                self.cursor.clone_from(&caught_up.cursor);
                Ok(News::unless(std::mem::replace(&mut self.caught_up, true)))
            }
            Some(all::Kind::Heartbeat(_)) => Ok(News::SignOfLife),
            None => Ok(News::Nothing),
        }
    }
}

/// Reads a stream, and opens it again when it breaks, until the server ends it or nothing can be done.
///
/// Only news and heartbeats make the pauses short again: a connection that always breaks once it has said what was known is not asked for it many times a second.
fn follow<P: Place>(connection: Connection, mut place: P) -> Watch<P::Message> {
    let silence = connection.silence;
    Watch(Box::pin(try_stream! {
        let mut backoff = Backoff::default();
        loop {
            let (mut failure, mut heard) = (None, false);
            match within(silence, place.open(&connection)).await {
                Err(error) => failure = Some(error),
                Ok(mut messages) => loop {
                    match within(silence, messages.message()).await {
                        Ok(Some(message)) => {
                            heard = true;
                            let news = place.take(&message)?;
                            if news != News::Nothing {
                                backoff.reset();
                            }
                            if news == News::Wanted {
                                yield message;
                            }
                        }
                        Ok(None) => break,
                        Err(error) => {
                            failure = Some(error);
                            break;
                        }
                    }
                },
            }
            let asked = match failure {
                None if P::ENDS => return,
                None => None,
                Some(error) if ends_watch(&error, heard) => Err(error)?,
                Some(error) => error.retry_delay(),
            };
            sleep(backoff.pause(asked)).await;
        }
    }))
}

/// What is heard, unless nothing is for too long.
async fn within<T, E: Into<Error>>(silence: Duration, heard: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
    match timeout(silence, heard).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Status::unavailable(format!("nothing was heard for {silence:?}")).into()),
    }
}

/// What a lifecycle says, apart from when it was judged.
fn judgement(lifecycle: &Lifecycle) -> Lifecycle {
    Lifecycle { evaluated_at: None, ..lifecycle.clone() }
}
