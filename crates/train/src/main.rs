//! `cargo xtask train`: reads the corpora, studies, writes the models, their cards and the evaluation.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wakeful_engine::evaluation::{EVALUATION_VERSION, Evaluation, Tried};
use wakeful_engine::features;
use wakeful_train::corpus::Corpus;
use wakeful_train::evaluate::{Study, study};
use wakeful_train::fit::{Recipe, SHRINKAGE};
use wakeful_train::{
    Dataset, card, corpus, coverage, crowd, curves, ngram, report, select, spread, tried,
};

const SEED: u64 = 2018;
const FOREST: Recipe = Recipe::Forest {
    trees: 60,
    depth: 8,
    leaf: 5,
};
const BOOSTING: Recipe = Recipe::Boosting {
    trees: 100,
    depth: 4,
    monotone: false,
};
const MONOTONE: Recipe = Recipe::Boosting {
    trees: 100,
    depth: 4,
    monotone: true,
};

const USAGE: &str = "usage: wakeful-train [--data FOLDER] [--models FOLDER] [--docs FOLDER] [--date YYYY-MM-DD] [--verbose] [--examples FOLDER] [--coverage]";

struct Options {
    data: Option<PathBuf>,
    models: PathBuf,
    docs: PathBuf,
    date: Option<String>,
    verbose: bool,
    /// Where the examples go as CSV, for study by other means; nothing is fitted then.
    examples: Option<PathBuf>,
    /// Only writes which detector finds which capture.
    coverage: bool,
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        data: std::env::var_os("WAKEFUL_DATA").map(PathBuf::from),
        models: PathBuf::from("crates/engine/models"),
        docs: PathBuf::from("docs"),
        date: None,
        verbose: false,
        examples: None,
        coverage: false,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("data") => options.data = Some(value(&mut arguments)?.into()),
            lexopt::Arg::Long("models") => options.models = value(&mut arguments)?.into(),
            lexopt::Arg::Long("docs") => options.docs = value(&mut arguments)?.into(),
            lexopt::Arg::Long("date") => options.date = Some(value(&mut arguments)?),
            lexopt::Arg::Long("examples") => {
                options.examples = Some(value(&mut arguments)?.into());
            }
            lexopt::Arg::Long("coverage") => options.coverage = true,
            lexopt::Arg::Long("verbose") => options.verbose = true,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

fn value(arguments: &mut lexopt::Parser) -> Result<String, String> {
    let value = arguments.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|_| USAGE.to_owned())
}

fn run(options: &Options) -> Result<(), String> {
    let data = options.data.as_ref().ok_or("Training needs the labelled logs: set WAKEFUL_DATA to their folder, or give --data FOLDER.")?;
    if options.coverage {
        let page = coverage::page(data)?;
        return write(&options.docs.join("coverage.md"), page.as_bytes());
    }
    names(options, data)?;
    println!("· reading the corpora");
    let mut corpus = corpus::read(data)?;
    // Vectors hold what the table of names says: a model's data are its data, too.
    corpus.hash ^= features::ngram::table().data_hash.rotate_left(1);
    println!("  {} benign channels in all", corpus.benign_channels);
    if let Some(folder) = &options.examples {
        return examples(&corpus, folder);
    }
    let mut tried = Vec::new();
    let mut trials = Vec::new();

    for rows in [&corpus.dns_rows, &corpus.flow_rows] {
        let columns = selected(rows)?;
        for columns in [columns, rows.all_columns()] {
            for recipe in [BOOSTING, MONOTONE, FOREST] {
                trials.push(study_of(&corpus, rows, recipe, &columns)?.trial);
            }
            let (logistic, _) = logistic(&corpus, rows, &columns)?;
            trials.push(logistic.trial);
        }
    }
    let dns = channels(&corpus, &corpus.dns_channels, &mut tried)?;
    let flow = channels(&corpus, &corpus.flow_channels, &mut tried)?;
    println!("· curves");
    let curves = curves::curves(dns.shipped())?;
    println!("· a day of many clients");
    let crowds = crowd::crowds(dns.shipped())?;
    for crowd in &crowds {
        println!(
            "  {} clients: {} of {} registered domains raised, {} by the model that saw nothing of the lab, {} by the leak meter",
            crowd.clients,
            crowd.false_domains,
            crowd.domains,
            crowd.false_domains_unseen,
            crowd.leaking_domains
        );
    }
    println!("· ideas");
    for idea in tried::ideas(
        &corpus.dns_rows,
        &corpus.flow_rows,
        &corpus.dns_channels,
        &dns.shipped().out_of_fold.margins,
        SEED,
    ) {
        tried.push(Tried {
            what: idea.what.to_owned(),
            result: idea.result,
            kept: idea.kept,
        });
    }

    for (channels, name, title) in [
        (&dns, "dns-tunnel", "DNS tunnel"),
        (&flow, "flow-tunnel", "Tunnel in DNS flows"),
    ] {
        let study = channels.shipped();
        let card = card::card(title, study, channels.data, options.date.as_deref());
        if options.verbose {
            study
                .worst
                .iter()
                .for_each(|(channel, score)| println!("{score:.6} {channel}"));
        }
        write(
            &options.models.join(format!("{name}.model")),
            &study.model.to_bytes(),
        )?;
        write(&options.models.join(format!("{name}.md")), card.as_bytes())?;
    }
    trials.extend(parts(&corpus, options)?);
    trials.extend(dns.trials());
    trials.extend(flow.trials());
    let mut evaluation = Evaluation {
        version: EVALUATION_VERSION,
        wakeful: env!("CARGO_PKG_VERSION").to_owned(),
        date: options.date.clone(),
        data_hash: format!("{:016x}", corpus.hash),
        corpora: corpus.parts.clone(),
        origin: report::origin(),
        trials,
        curves,
        tried,
        misses: Vec::new(),
        crowds,
        spreads: [&dns, &flow]
            .into_iter()
            .flat_map(|channels| spread::spreads(channels.data, channels.shipped()))
            .collect(),
    };
    evaluation.misses = report::misses(&evaluation);
    let json = serde_json::to_string(&evaluation).map_err(|error| error.to_string())?;
    write(&options.docs.join("evaluation.json"), json.as_bytes())?;
    write(
        &options.docs.join("evaluation.md"),
        report::markdown(&evaluation).as_bytes(),
    )
}

/// Writes each dataset as a CSV file: tool (empty for benign), network, name, then the features.
fn examples(corpus: &Corpus, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for data in [
        &corpus.dns_channels,
        &corpus.flow_channels,
        &corpus.dns_rows,
        &corpus.flow_rows,
    ] {
        let path = folder.join(format!("{}-{}s.csv", data.log, data.unit));
        let failed = |error: csv::Error| format!("{}: {error}", path.display());
        let mut writer = csv::Writer::from_path(&path).map_err(failed)?;
        let features = data.list.features.iter().map(|feature| feature.name);
        writer
            .write_record(["tool", "network", "name"].into_iter().chain(features))
            .map_err(failed)?;
        for example in &data.examples {
            let tool = example.tool.clone().unwrap_or_default();
            let own = [tool, example.network.clone(), example.name.clone()];
            let values = example.vector.iter().map(f64::to_string);
            writer
                .write_record(own.into_iter().chain(values))
                .map_err(failed)?;
        }
        writer
            .flush()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        println!("  {}", path.display());
    }
    Ok(())
}

/// The table of names comes first: every feature after it is computed with the one that is compiled
/// in, so a changed one ends the run.
fn names(options: &Options, data: &Path) -> Result<(), String> {
    println!("· learning names");
    let learnt = ngram::learn(data)?;
    let bytes = learnt.table.to_bytes();
    let card = ngram::card(&learnt, options.date.as_deref());
    write(&options.models.join("names.ngram"), &bytes)?;
    write(&options.models.join("names.md"), card.as_bytes())?;
    if bytes == wakeful_engine::features::ngram::FILE {
        Ok(())
    } else {
        Err("The table of names was learnt anew and written; the models read it only once it is compiled in: run the same command again.".to_owned())
    }
}

/// The parts of a verdict on a DNS channel: each a logistic regression over its own features, with
/// cuts of its own, so that each says by itself whether it would alert.
fn parts(
    corpus: &Corpus,
    options: &Options,
) -> Result<Vec<wakeful_engine::evaluation::Trial>, String> {
    let data = &corpus.dns_channels;
    let mut trials = Vec::new();
    for (part, features) in wakeful_engine::features::dns::PARTS {
        let columns: Vec<usize> = data
            .all_columns()
            .into_iter()
            .filter(|&column| features.contains(&data.list.features[column].name))
            .collect();
        let (mut study, _) = logistic(corpus, data, &columns)?;
        study.trial.unit = format!("channel, {part} alone");
        study.trial.shipped = true;
        let name = format!("dns-{part}");
        let title = format!("DNS tunnel: {part} alone");
        let card = card::card(&title, &study, data, options.date.as_deref());
        write(
            &options.models.join(format!("{name}.model")),
            &study.model.to_bytes(),
        )?;
        write(&options.models.join(format!("{name}.md")), card.as_bytes())?;
        trials.push(study.trial);
    }
    Ok(trials)
}

fn selected(data: &Dataset) -> Result<Vec<usize>, String> {
    println!(
        "· selecting features of {} {}s ({} examples)",
        data.log,
        data.unit,
        data.examples.len()
    );
    let columns = select::select(data, SEED)?;
    let names: Vec<&str> = columns
        .iter()
        .map(|&column| data.list.features[column].name)
        .collect();
    println!("  {}", names.join(", "));
    Ok(columns)
}

fn study_of(
    corpus: &Corpus,
    data: &Dataset,
    recipe: Recipe,
    columns: &[usize],
) -> Result<Study, String> {
    let study = study(recipe, data, columns, &corpus.networks, corpus.hash, SEED)?;
    let trial = &study.trial;
    println!(
        "· {} {}s, {}, {} features: mean AUC {:.4}, worst {:.4}, recall at 1 in 1,000 {:.3}, of alerts {:.3}",
        trial.log,
        trial.unit,
        trial.estimator,
        columns.len(),
        trial.mean_auc,
        trial.worst_auc,
        trial.recall_1_in_1000,
        study.recall_of_alerts
    );
    Ok(study)
}

/// Studies whose worth differs by less are as good as each other: the figures do not tell them apart.
const AS_GOOD: f64 = 0.01;

/// What a study is worth: how little it loses on a tool that was left out, by mean and worst AUC, and by
/// recall where alerts begin.
fn worth(study: &Study) -> f64 {
    let trial = &study.trial;
    trial.mean_auc + trial.worst_auc + study.recall_of_alerts
}

/// Logistic regression with the shrinkage that is worth most, and what became of each.
fn logistic(
    corpus: &Corpus,
    data: &Dataset,
    columns: &[usize],
) -> Result<(Study, Vec<Tried>), String> {
    let mut studies = SHRINKAGE
        .iter()
        .map(|&alpha| study_of(corpus, data, Recipe::Logistic { alpha }, columns))
        .collect::<Result<Vec<_>, _>>()?;
    // The strongest of those that are as good as the best: small weights carry over best.
    let most = studies.iter().map(worth).fold(f64::MIN, f64::max);
    let best = studies
        .iter()
        .rposition(|study| worth(study) >= most - AS_GOOD)
        .unwrap_or_default();
    let tried = studies
        .iter()
        .zip(SHRINKAGE)
        .enumerate()
        .map(|(at, (study, alpha))| Tried {
            what: format!(
                "Logistic regression of {} {}s with L2 weight {alpha}, {} features",
                data.log,
                data.unit,
                columns.len()
            ),
            result: result(study),
            kept: at == best,
        })
        .collect();
    Ok((studies.swap_remove(best), tried))
}

/// The studies of channels of one log.
struct Channels<'a> {
    data: &'a Dataset,
    studies: Vec<Study>,
    shipped: usize,
}

impl Channels<'_> {
    fn shipped(&self) -> &Study {
        &self.studies[self.shipped]
    }

    fn trials(&self) -> Vec<wakeful_engine::evaluation::Trial> {
        self.studies
            .iter()
            .map(|study| study.trial.clone())
            .collect()
    }
}

/// What fewer features must gain to be worth it: a tool that nobody has seen may show in one that the
/// known tools did not need.
const FOR_ALL_FEATURES: f64 = 0.02;

/// Each estimator on the selected features and on all of them. What ships is what loses least on a
/// tool that was left out ([`worth`]).
fn channels<'a>(
    corpus: &Corpus,
    data: &'a Dataset,
    tried: &mut Vec<Tried>,
) -> Result<Channels<'a>, String> {
    let selected = selected(data)?;
    let mut studies = Vec::new();
    let mut shrunk = Vec::new();
    let mut sets = vec![selected, data.all_columns()];
    let names_alone = data
        .all_columns()
        .into_iter()
        .filter(|&column| !features::dns::OF_LETTERS.contains(&data.list.features[column].name));
    let names_alone: Vec<usize> = names_alone.collect();
    if names_alone.len() < data.all_columns().len() {
        sets.push(names_alone);
    }
    for columns in &sets {
        for recipe in [BOOSTING, FOREST] {
            studies.push(study_of(corpus, data, recipe, columns)?);
        }
        let (logistic, others) = logistic(corpus, data, columns)?;
        shrunk.push((studies.len(), others));
        studies.push(logistic);
        let monotone = study_of(corpus, data, MONOTONE, columns)?;
        tried.push(Tried {
            what: format!(
                "Boosting of {} channels with monotone constraints, {} features",
                data.log,
                columns.len()
            ),
            result: result(&monotone),
            kept: false,
        });
    }
    let goal = |study: &Study| {
        let full = study.trial.features.len() != sets[0].len();
        worth(study) + if full { FOR_ALL_FEATURES } else { 0.0 }
    };
    // The later set of those that are as good: the last does without the letters.
    let most = studies.iter().map(goal).fold(f64::MIN, f64::max);
    let shipped = studies
        .iter()
        .rposition(|study| goal(study) >= most - AS_GOOD)
        .unwrap_or_default();
    studies[shipped].trial.shipped = true;
    for (study, others) in shrunk {
        tried.extend(others.into_iter().map(|other| Tried {
            kept: other.kept && study == shipped,
            ..other
        }));
    }
    let count = |study: &Study| study.trial.features.len();
    let rival = studies.iter().find(|study| {
        study.trial.estimator == studies[shipped].trial.estimator
            && count(study) != count(&studies[shipped])
    });
    if let Some(rival) = rival {
        tried.push(Tried {
            what: format!(
                "{} features of {} channels instead of {} ({})",
                count(rival),
                data.log,
                count(&studies[shipped]),
                rival.trial.estimator
            ),
            result: format!(
                "{} The shipped ones: {}",
                result(rival),
                result(&studies[shipped])
            ),
            kept: false,
        });
    }
    Ok(Channels {
        data,
        studies,
        shipped,
    })
}

fn result(study: &Study) -> String {
    let trial = &study.trial;
    format!(
        "Mean AUC {:.4}, worst tool {:.4}, recall at 1 in 1,000 {:.1} %, where alerts begin {:.1} %.",
        trial.mean_auc,
        trial.worst_auc,
        trial.recall_1_in_1000 * 100.0,
        study.recall_of_alerts * 100.0
    )
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
