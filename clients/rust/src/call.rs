use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::client::Connection;
use crate::errors::Error;
use crate::retry::{Backoff, may_repeat, was_cut};

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

type Invoke<Q, A> = fn(Channel, Request<Q>) -> BoxFuture<Result<Response<A>, Status>>;

/// A call of an RPC, made when it is awaited. Dropping it while it is under way cancels it.
#[must_use = "a call is made when it is awaited"]
pub struct Call<Q, A> {
    connection: Connection,
    request: Q,
    invoke: Invoke<Q, A>,
    timeout: Duration,
}

impl<Q, A> Call<Q, A> {
    pub(crate) fn new(connection: &Connection, request: Q, invoke: Invoke<Q, A>) -> Self {
        Self { connection: connection.clone(), timeout: connection.timeout, request, invoke }
    }

    /// How long this call may take, all its tries together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl<Q: fmt::Debug, A> fmt::Debug for Call<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

impl<Q, A> IntoFuture for Call<Q, A>
where
    Q: Clone + Send + Sync + 'static,
    A: Send + 'static,
{
    type Output = Result<A, Error>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.made())
    }
}

impl<Q: Clone, A> Call<Q, A> {
    /// Tries until there is an answer, an error that repeating cannot cure, or no time left.
    async fn made(self) -> Result<A, Error> {
        let deadline = Instant::now() + self.timeout;
        let mut backoff = Backoff::default();
        loop {
            let Ok(tried) = timeout_at(deadline, self.tried(deadline)).await else {
                return Err(self.is_late());
            };
            let failure = match tried {
                Ok(answer) => return Ok(answer),
                // The transport knows the deadline too, and calls it cancelled.
                Err(failure) if was_cut(&failure) && Instant::now() >= deadline => {
                    return Err(self.is_late());
                }
                Err(failure) => failure,
            };
            let pause = backoff.pause(failure.retry_delay());
            if !may_repeat(&failure) || Instant::now() + pause > deadline {
                return Err(failure);
            }
            sleep(pause).await;
        }
    }

    async fn tried(&self, deadline: Instant) -> Result<A, Error> {
        let mut request = self.connection.signed(self.request.clone()).await?;
        request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        let answer = (self.invoke)(self.connection.channel.clone(), request).await?;
        Ok(answer.into_inner())
    }

    fn is_late(&self) -> Error {
        let message = format!("there was no answer within {:?}", self.timeout);
        Error::new(Code::DeadlineExceeded, message)
    }
}
