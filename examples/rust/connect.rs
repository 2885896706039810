use std::env;

use nexus_attest_client::{Client, Error, Options};

/// Where the server is and who calls, by the environment: `NEXUS_ATTEST_ADDRESS`; `NEXUS_ATTEST_TOKEN_FILE` and `NEXUS_ATTEST_CA_FILE`, or a server with development
/// identity.
pub async fn to_server() -> Result<Client, Error> {
    let address = env::var("NEXUS_ATTEST_ADDRESS").unwrap_or("http://127.0.0.1:7350".into());
    let options = match env::var("NEXUS_ATTEST_TOKEN_FILE") {
        Ok(file) => Options {
            ca_file: env::var("NEXUS_ATTEST_CA_FILE").ok().map(Into::into),
            ..Options::token_file(file)
        },
        Err(_) => Options::development("system:pipeline"),
    };
    Client::connect(&address, options).await
}
