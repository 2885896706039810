use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tonic::Code;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Uri};

use crate::errors::Error;
use crate::identity::Identity;
use crate::services::{ApproverKeys, Audit, Decisions, Imported, Templates};

/// How long a call may take, all its tries together.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Three heartbeats of a server with its own settings.
const SILENCE: Duration = Duration::from_secs(45);

/// A connection to a server, as one caller. Clones share it, in any number of tasks; it is closed once the last is dropped.
///
/// The services have every RPC under its own name. A call fails with an [`Error`]; it has a deadline (30 seconds, or what [`Options::timeout`] or
/// [`Call::timeout`](crate::Call::timeout) say), carries a `request_id` where the RPC takes one, and is made again where the server's contract says that this is
/// safe.
#[derive(Clone, Debug)]
pub struct Client {
    /// Requests, approvals, execution and the story of decisions.
    pub decisions: Decisions,
    /// Named policies that requests can refer to.
    pub templates: Templates,
    /// Keys that approvers sign by.
    pub approver_keys: ApproverKeys,
    /// Evidence to take away, and its verification.
    pub audit: Audit,
    /// Foreign evidence: decisions that were imported.
    pub imported: Imported,
    pub(crate) connection: Connection,
}

/// As whom to connect, and how. `Options::development("human:you")` and `Options::token_file("/run/secrets/token")` will do for most; the rest is there by
/// `Options { timeout: …, ..Options::token_file(…) }`.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who the caller is.
    pub identity: Identity,
    /// The authorities that the server's certificate is checked by, PEM; none: the system's.
    pub ca_file: Option<PathBuf>,
    /// Allows `http://` to other machines than this one.
    pub plaintext: bool,
    /// How long a call may take, all its tries together.
    pub timeout: Duration,
    /// After how long without a message, heartbeats included, a watch takes its connection for dead.
    pub silence: Duration,
}

impl Default for Options {
    /// Without an identity; 30 seconds a call, and 45 of silence.
    fn default() -> Self {
        Self { identity: Identity::Anonymous, ca_file: None, plaintext: false, timeout: TIMEOUT, silence: SILENCE }
    }
}

/// What every call is made over.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) channel: Channel,
    pub(crate) identity: Identity,
    pub(crate) timeout: Duration,
    pub(crate) silence: Duration,
}

impl Client {
    /// Makes a client of `https://host:port`, or of `http://host:port` on this machine. The connection itself is made when it is needed, and again when it is
    /// lost.
    ///
    /// # Errors
    /// `InvalidArgument` if the address, a file or the identity cannot be used.
    pub async fn connect(address: &str, options: Options) -> Result<Self, Error> {
        let (uri, secure) = parse_address(address, &options)?;
        let mut endpoint = Endpoint::from(uri)
            .connect_timeout(Duration::from_secs(5))
            // A connection that has died without a word is found out before a watch would miss its heartbeats. Also where no call is under way: a watch that opens
            // its stream anew on a dead connection would put the pings off every time.
            .http2_keep_alive_interval(Duration::from_secs(20).min(options.silence / 2))
            .keep_alive_timeout(Duration::from_secs(10).min(options.silence / 2))
            .keep_alive_while_idle(true);
        if secure {
            let tls = tls_of(&options).await?;
            endpoint = endpoint.tls_config(tls).map_err(|error| Error::from_cause(Code::InvalidArgument, "TLS", &error))?;
        }
        options.identity.check()?;
        let connection = Connection { channel: endpoint.connect_lazy(), identity: options.identity, timeout: options.timeout, silence: options.silence };
        Ok(Self {
            decisions: Decisions::new(connection.clone()),
            templates: Templates::new(connection.clone()),
            approver_keys: ApproverKeys::new(connection.clone()),
            audit: Audit::new(connection.clone()),
            imported: Imported::new(connection.clone()),
            connection,
        })
    }
}

fn parse_address(address: &str, options: &Options) -> Result<(Uri, bool), Error> {
    let refuse = |why: &str| Err(Error::new(Code::InvalidArgument, format!("address: {address:?} {why}")));
    let wanted = "is none: wants https://host:port, or http://host:port on this machine";
    let Ok(uri) = address.parse::<Uri>() else {
        return refuse(wanted);
    };
    let secure = uri.scheme_str() == Some("https");
    let bare = uri.path_and_query().is_none_or(|path| path == "/") && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let host = uri.host().unwrap_or_default();
    if (!secure && uri.scheme_str() != Some("http")) || host.is_empty() || !bare {
        return refuse(wanted);
    }
    let has_certificate = matches!(options.identity, Identity::Certificate { .. });
    if !secure && (options.ca_file.is_some() || has_certificate) {
        return refuse("is without TLS, so ca_file and a certificate would go unheard");
    }
    if !secure && !options.plaintext && !is_loopback(host) {
        return refuse("would send everything in the clear; use https, or say plaintext");
    }
    Ok((uri, secure))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

async fn tls_of(options: &Options) -> Result<ClientTlsConfig, Error> {
    let mut tls = match &options.ca_file {
        None => ClientTlsConfig::new().with_native_roots(),
        Some(file) => {
            let pem = read(file).await?;
            // An empty file would leave nothing to trust, and a message at the first call only.
            if !pem.windows(27).any(|line| line == b"-----BEGIN CERTIFICATE-----") {
                let message = format!("{} holds no certificate", file.display());
                return Err(Error::new(Code::InvalidArgument, message));
            }
            ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem))
        }
    };
    if let Identity::Certificate { cert_file, key_file } = &options.identity {
        let own = tonic::transport::Identity::from_pem(read(cert_file).await?, read(key_file).await?);
        tls = tls.identity(own);
    }
    Ok(tls)
}

async fn read(file: &Path) -> Result<Vec<u8>, Error> {
    tokio::fs::read(file).await.map_err(|error| Error::from_cause(Code::InvalidArgument, &file.display().to_string(), &error))
}
