//! `cargo xtask train`: reads the corpora, fits both models, writes them and their cards.

use std::path::PathBuf;
use std::process::ExitCode;
use wakeful_engine::features;
use wakeful_train::evaluate::{Study, study};
use wakeful_train::fit::Recipe;
use wakeful_train::{Example, card, corpus};

const SEED: u64 = 2018;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let (mut data, mut out, mut verbose) = (
        std::env::var_os("WAKEFUL_DATA").map(PathBuf::from),
        PathBuf::from("crates/engine/models"),
        false,
    );
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("data") => {
                data = Some(arguments.value().map_err(|error| error.to_string())?.into())
            }
            lexopt::Arg::Long("out") => {
                out = arguments.value().map_err(|error| error.to_string())?.into()
            }
            lexopt::Arg::Long("verbose") => verbose = true,
            _ => {
                return Err(
                    "usage: wakeful-train [--data FOLDER] [--out FOLDER] [--verbose]".to_owned(),
                );
            }
        }
    }
    let data = data.ok_or("Training needs the labelled logs: set WAKEFUL_DATA to their folder, or give --data FOLDER.")?;
    let corpus = corpus::read(&data)?;
    println!("{} benign channels in all", corpus.benign_channels);
    let dns = |columns: &[usize]| {
        study(
            Recipe::Logistic { alpha: 2.0 },
            &corpus.dns,
            &features::dns::LIST,
            columns,
            corpus.hash,
            SEED,
        )
    };
    let flow = |columns: &[usize]| {
        study(
            Recipe::Forest {
                trees: 60,
                depth: 8,
                leaf: 5,
            },
            &corpus.flow,
            &features::flow::LIST,
            columns,
            corpus.hash,
            SEED,
        )
    };
    let all = |count: usize| (0..count).collect::<Vec<_>>();
    write(
        &out,
        "dns-tunnel",
        "DNS tunnel",
        &dns(&all(features::dns::COUNT))?,
        &corpus.dns,
        verbose,
    )?;
    write(
        &out,
        "flow-tunnel",
        "Tunnel in DNS flows",
        &flow(&all(features::flow::COUNT))?,
        &corpus.flow,
        verbose,
    )?;
    Ok(())
}

fn write(
    out: &std::path::Path,
    name: &str,
    title: &str,
    study: &Study,
    examples: &[Example],
    verbose: bool,
) -> Result<(), String> {
    let tunnels = examples
        .iter()
        .filter(|example| example.tool.is_some())
        .count();
    let card = card::card(title, study, tunnels, examples.len() - tunnels);
    println!("{card}");
    if verbose {
        for (channel, score) in study.worst.iter().take(12) {
            println!("{score:.6} {channel}");
        }
    }
    for (path, bytes) in [
        (out.join(format!("{name}.model")), study.model.to_bytes()),
        (out.join(format!("{name}.md")), card.into_bytes()),
    ] {
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
