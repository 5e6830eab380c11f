//! `wakeful serve`: the page, and on this machine alone the relay for look-ups.
//!
//! In: a folder, a port, and (for tests) other addresses of upstreams. Out: HTTP.
//! Must not know: what a finding is. Addresses of upstreams come from the command line or are
//! built in, never from a request; the key comes from the environment alone.

mod guard;
mod relay;
mod upstream;

use crate::USAGE;
use guard::Guard;
use relay::Relay;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use upstream::Upstreams;
use wakeful_lookup::bootstrap::IANA;

/// Where the key for VirusTotal is read from.
const KEY: &str = "WAKEFUL_VT_KEY";

struct Options {
    page: PathBuf,
    host: IpAddr,
    port: u16,
    allowed: Vec<String>,
    upstreams: Upstreams,
    /// Where IANA's list is asked for before serving; `None` to go by the one that ships.
    update: Option<String>,
}

pub(crate) fn run(arguments: lexopt::Parser) -> Result<ExitCode, String> {
    let options = options(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the server could not start: {error}"))?;
    runtime.block_on(serve(options))
}

fn options(mut arguments: lexopt::Parser) -> Result<Options, String> {
    let mut options = Options {
        page: "dist".into(),
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 8080,
        allowed: Vec::new(),
        upstreams: Upstreams::new(std::env::var(KEY).ok()),
        update: None,
    };
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("page") => options.page = crate::text(&mut arguments)?.into(),
            lexopt::Arg::Long("port") => options.port = crate::number(&mut arguments)?,
            lexopt::Arg::Long("host") => options.host = crate::number(&mut arguments)?,
            lexopt::Arg::Long("allow-origin") => {
                options
                    .allowed
                    .push(guard::origin(&crate::text(&mut arguments)?)?);
            }
            lexopt::Arg::Long("virustotal") => {
                options
                    .upstreams
                    .set_virustotal(&crate::text(&mut arguments)?);
            }
            lexopt::Arg::Long("rdap") => {
                let (tld, base) = pair(&crate::text(&mut arguments)?)?;
                options.upstreams.put_rdap(&tld, &base)?;
            }
            lexopt::Arg::Long("whois") => {
                let (tld, server) = pair(&crate::text(&mut arguments)?)?;
                options.upstreams.put_whois(&tld, &server);
            }
            lexopt::Arg::Long("update-registries") => {
                options.update.get_or_insert_with(|| IANA.to_owned());
            }
            lexopt::Arg::Long("iana") => options.update = Some(crate::text(&mut arguments)?),
            lexopt::Arg::Long("patience") => {
                let seconds: u32 = crate::number(&mut arguments)?;
                let patience = Duration::from_secs(u64::from(seconds.max(1)));
                options.upstreams.set_patience(patience);
            }
            other => return Err(format!("{}\n\n{USAGE}", other.unexpected())),
        }
    }
    if !options.page.join("index.html").is_file() {
        return Err(format!(
            "{} holds no index.html. Build the page with `cargo xtask build`, or name its folder with --page.",
            options.page.display()
        ));
    }
    Ok(options)
}

/// `TLD=ADDRESS`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((tld, address)) if !tld.is_empty() && !address.is_empty() => {
            Ok((tld.to_ascii_lowercase(), address.to_owned()))
        }
        _ => Err(format!("{text} is not of the form TLD=ADDRESS")),
    }
}

async fn serve(options: Options) -> Result<ExitCode, String> {
    let address = SocketAddr::new(options.host, options.port);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| {
            format!("{address} could not be opened ({error}). Choose another with --port.")
        })?;
    let here = listener.local_addr().map_err(|error| error.to_string())?;
    let files = tower_http::services::ServeDir::new(&options.page);
    let mut router = axum::Router::new().fallback_service(files);
    println!("Wakeful is on http://{here} (ctrl-C to stop)");
    if here.ip().is_loopback() {
        let guard = Guard::new(here.port(), options.allowed);
        let mut upstreams = options.upstreams;
        let with_key = upstreams.has_key();
        upstreams.open()?;
        if let Some(iana) = &options.update {
            println!("{}", upstreams.update(iana).await);
        }
        let relay = Relay::new(guard, upstreams);
        router = relay::routes(Arc::new(relay)).merge(router);
        println!(
            "It relays look-ups: registrations{}.",
            if with_key {
                " and VirusTotal"
            } else {
                "; VirusTotal not, because WAKEFUL_VT_KEY is not set"
            }
        );
    } else {
        println!("It relays no look-ups: it does that on 127.0.0.1 only.");
    }
    // A second request's answer must not wait for a page that is closed.
    let stopped = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
        .map_err(|error| format!("the server stopped: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
