use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::{Code, Request};

use crate::client::{Connection, Options};
use crate::errors::Error;

/// Gives a bearer token for each call, so that it can be rotated.
pub type TokenSource = Arc<dyn Fn() -> Result<String, Box<dyn StdError + Send + Sync>> + Send + Sync>;

/// Who the caller is.
#[derive(Clone)]
pub enum Identity {
    /// Nobody; most servers refuse that.
    Anonymous,
    /// A bearer token, asked for anew for each call.
    Token(TokenSource),
    /// A file that holds a bearer token, read anew for each call.
    TokenFile(PathBuf),
    /// A client certificate and its key, PEM.
    Certificate {
        /// The certificate, with those between it and its authority.
        cert_file: PathBuf,
        /// Its private key.
        key_file: PathBuf,
    },
    /// On a server with development identity: a name, such as `human:alice@example.com`.
    Development {
        /// The caller.
        actor: String,
        /// The groups of the caller.
        groups: Vec<String>,
    },
}

impl fmt::Debug for Identity {
    /// Says the kind, and of a token source nothing more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Token(_) => f.write_str("Token"),
            Self::TokenFile(file) => f.debug_tuple("TokenFile").field(file).finish(),
            Self::Certificate { cert_file, .. } => f.debug_tuple("Certificate").field(cert_file).finish(),
            Self::Development { actor, .. } => f.debug_tuple("Development").field(actor).finish(),
        }
    }
}

impl Options {
    /// A bearer token by a function, called for each call.
    pub fn token<F>(source: F) -> Self
    where
        F: Fn() -> Result<String, Box<dyn StdError + Send + Sync>> + Send + Sync + 'static,
    {
        Self::of(Identity::Token(Arc::new(source)))
    }

    /// A bearer token in a file, read anew for each call.
    pub fn token_file(file: impl Into<PathBuf>) -> Self {
        Self::of(Identity::TokenFile(file.into()))
    }

    /// Mutual TLS: a certificate and its key, PEM.
    pub fn certificate(cert_file: impl Into<PathBuf>, key_file: impl Into<PathBuf>) -> Self {
        Self::of(Identity::Certificate { cert_file: cert_file.into(), key_file: key_file.into() })
    }

    /// A name, such as `human:you`, on a server with development identity.
    pub fn development(actor: impl Into<String>) -> Self {
        Self::of(Identity::Development { actor: actor.into(), groups: Vec::new() })
    }

    fn of(identity: Identity) -> Self {
        Self { identity, ..Self::default() }
    }
}

impl Identity {
    /// Whether what is known of it from the beginning can be sent at all.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Development { .. } => self.fixed(&mut MetadataMap::new()),
            _ => Ok(()),
        }
    }

    async fn add_to(&self, metadata: &mut MetadataMap) -> Result<(), Error> {
        let missing = |error: &(dyn StdError + 'static)| Error::from_cause(Code::Unauthenticated, "the token cannot be had", error);
        let token = match self {
            Self::Token(source) => source().map_err(|error| missing(&*error))?,
            Self::TokenFile(file) => {
                let named = |error| Error::from_cause(Code::Unauthenticated, &format!("the token cannot be had: {}", file.display()), &error);
                tokio::fs::read_to_string(file).await.map_err(named)?
            }
            _ => return self.fixed(metadata),
        };
        let mut bearer = value(&format!("Bearer {}", token.trim()), Code::Unauthenticated, "the token")?;
        bearer.set_sensitive(true);
        metadata.insert("authorization", bearer);
        Ok(())
    }

    fn fixed(&self, metadata: &mut MetadataMap) -> Result<(), Error> {
        if let Self::Development { actor, groups } = self {
            metadata.insert("nexus-actor", value(actor, Code::InvalidArgument, "actor")?);
            if !groups.is_empty() {
                let groups = value(&groups.join(","), Code::InvalidArgument, "groups")?;
                metadata.insert("nexus-groups", groups);
            }
        }
        Ok(())
    }
}

impl Connection {
    /// The request, with who makes it.
    pub(crate) async fn signed<Q>(&self, request: Q) -> Result<Request<Q>, Error> {
        let mut made = Request::new(request);
        self.identity.add_to(made.metadata_mut()).await?;
        Ok(made)
    }
}

fn value(text: &str, code: Code, what: &str) -> Result<MetadataValue<Ascii>, Error> {
    text.parse().map_err(|_| {
        let message = format!("{what} holds characters that a header cannot: printable ASCII only");
        Error::new(code, message)
    })
}
