//! What the view knows in which a tunnel is put into the user's own log.
//!
//! In: [`Change`]s. Out: the next [`Trial`]; the plan for the worker.
//! Must not know: the browser; how a tunnel is made or found.

use std::rc::Rc;
use wakeful_engine::order;

use wakeful_lab::tunnels::Tool;
use wakeful_lab::tunnels::encode::ENCODINGS;
use wakeful_logs::float;

use super::address::{Pairs, value};
use crate::wire::trial::{Outcome, Plan, RatePoint, TrialEvent};

/// Rates of the curve, beside the chosen one.
const FACTORS: [f64; 5] = [1.0 / 256.0, 1.0 / 64.0, 1.0 / 16.0, 1.0 / 4.0, 1.0];
/// Tunnels a rate.
const RUNS: u32 = 5;

/// The tools with what they are, the usual ones first.
pub const TOOLS: [(&str, &str, &str); 11] = [
    ("iodine", "iodine", "IP over DNS"),
    (
        "dnscat2",
        "dnscat2",
        "a command channel with encrypted sessions",
    ),
    ("dns2tcp", "dns2tcp", "TCP over DNS"),
    ("exfiltrator", "DNSExfiltrator", "a file in numbered pieces"),
    (
        "beacon",
        "Beacon, as Cobalt Strike’s",
        "short calls for orders at intervals",
    ),
    ("sliver", "Sliver", "an implant with long dense labels"),
    ("ozyman", "OzymanDNS", "SSH over DNS"),
    ("slow", "Low and slow", "one short label every few minutes"),
    ("words", "Words", "common words as a code"),
    (
        "iodine-raw",
        "iodine, raw",
        "past the resolver: no rows in dns.log",
    ),
    ("icmp", "ICMP", "payload in pings: no rows in dns.log"),
];

/// The tool at first.
const FIRST: &str = "iodine";

/// The view.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What is chosen.
    pub form: Form,
    /// The number of the trial that counts.
    pub ask: u32,
    /// The plan of that.
    pub plan: Option<Rc<Plan>>,
    /// How far it is.
    pub phase: Phase,
    /// What came of the tunnel.
    pub outcome: Option<Rc<Outcome>>,
    /// Recall at the rates so far.
    pub points: Vec<RatePoint>,
}

/// What is chosen; numbers as they are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The tool's word.
    pub tool: String,
    /// Questions a second.
    pub rate: String,
    /// Minutes.
    pub minutes: String,
    /// Encoding; empty for the tool's own.
    pub encoding: String,
    /// A client's address; empty for one that is drawn.
    pub client: String,
    /// Draws all that is not chosen.
    pub seed: u64,
}

/// The part that stands in the address: not the client, which is of the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrangement(Pairs);

/// The names in the address.
const NAMES: [&str; 4] = ["tool", "rate", "minutes", "encoding"];

impl Arrangement {
    pub(super) fn write(&self, pairs: &mut Pairs) {
        pairs.extend(self.0.iter().cloned());
    }

    pub(super) fn read(pairs: &Pairs) -> Self {
        let told = |name: &str| Some((name.to_owned(), value(pairs, name)?.to_owned()));
        Self(NAMES.into_iter().filter_map(told).collect())
    }
}

/// How far a trial is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// None was begun.
    #[default]
    Idle,
    /// Under way: what it does, and a share from 0 to 1.
    Running(String, f64),
    /// Done, in so many milliseconds.
    Done(f64),
    /// It could not be done; a sentence.
    Failed(String),
    /// The user stopped it.
    Stopped,
}

/// What happened in the view.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another tool, with its own rate and length.
    Tool(String),
    /// Questions a second.
    Rate(String),
    /// Minutes.
    Minutes(String),
    /// How names are written.
    Encoding(String),
    /// Where it runs.
    Client(String),
    /// It is to begin.
    Start,
    /// Another client, moment and names, then begin.
    Again,
    /// It is to end.
    Stop,
    /// The worker said something.
    Heard(u32, TrialEvent),
}

impl Default for Trial {
    fn default() -> Self {
        Self {
            form: Form::of(FIRST),
            ask: 0,
            plan: None,
            phase: Phase::Idle,
            outcome: None,
            points: Vec::new(),
        }
    }
}

/// Minutes that a trial may last: two weeks.
const LONGEST: f64 = 20_160.0;

impl Form {
    /// A tool as it comes.
    #[must_use]
    pub fn of(tool: &str) -> Self {
        let params = Tool::from_name(tool).map(Tool::defaults);
        let (rate, seconds) = params.map_or((1.0, 1800.0), |params| (params.rate, params.duration));
        Self {
            tool: tool.to_owned(),
            rate: short(rate),
            // Some tools run until what they carry is through: no longer than can be asked for.
            minutes: short((seconds / 60.0).min(LONGEST)),
            encoding: String::new(),
            client: String::new(),
            seed: 1,
        }
    }

    /// Whether the tool's encoding can be chosen: names are what it writes in.
    #[must_use]
    pub fn has_encoding(&self) -> bool {
        Tool::from_name(&self.tool).is_some_and(Tool::speaks_dns)
    }

    fn told(&self) -> [(&'static str, &str); 4] {
        let [tool, rate, minutes, encoding] = NAMES;
        [
            (tool, &self.tool),
            (rate, &self.rate),
            (minutes, &self.minutes),
            (encoding, &self.encoding),
        ]
    }

    /// What of it stands in the address: what is not as the tool comes.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        let (own, first) = (Self::of(&self.tool), Self::of(FIRST));
        let usual = own.told();
        let told = self.told().into_iter().zip(usual);
        let other = told.filter(|((name, now), (_, usual))| match *name {
            "tool" => *now != first.tool,
            _ => now != usual,
        });
        Arrangement(
            other
                .map(|((name, now), _)| (name.to_owned(), now.to_owned()))
                .collect(),
        )
    }

    /// As an address asks for; a tool that is not known is the first one.
    pub fn arrange(&mut self, wanted: &Arrangement) {
        let told = |name: &str| value(&wanted.0, name).map(str::to_owned);
        let known = |tool: &String| TOOLS.iter().any(|(word, _, _)| word == tool);
        let usual = Self::of(&told("tool").filter(known).unwrap_or(FIRST.to_owned()));
        let encoding = told("encoding").filter(|name| encodings().contains(&name.as_str()));
        *self = Self {
            rate: told("rate").unwrap_or(usual.rate),
            minutes: told("minutes").unwrap_or(usual.minutes),
            encoding: encoding.unwrap_or_default(),
            tool: usual.tool,
            client: std::mem::take(&mut self.client),
            seed: self.seed,
        };
    }

    /// The plan, or what is wrong with a field: its id and a sentence.
    ///
    /// # Errors
    /// Where a number is none or out of bounds.
    pub fn plan(&self) -> Result<Plan, (&'static str, String)> {
        let rate = number(&self.rate, 1e-4, 1000.0).map_err(|what| {
            (
                "try-rate",
                format!("The rate {what}: questions a second from 0.0001 to 1,000."),
            )
        })?;
        let minutes = number(&self.minutes, 0.1, LONGEST).map_err(|what| {
            (
                "try-minutes",
                format!("The length {what}: minutes from 0.1 to 20,160 (two weeks)."),
            )
        })?;
        let own = Tool::from_name(&self.tool).map_or(rate, |tool| tool.defaults().rate);
        let mut rates: Vec<f64> = FACTORS
            .iter()
            .map(|factor| rounded(own.max(rate) * factor))
            .collect();
        if !rates.contains(&rate) {
            rates.push(rate);
        }
        rates.retain(|rate| *rate >= 1e-4);
        order::by(&mut rates, f64::total_cmp);
        Ok(Plan {
            tool: self.tool.clone(),
            rate,
            duration: minutes * 60.0,
            encoding: Some(self.encoding.clone())
                .filter(|name| !name.is_empty() && self.has_encoding()),
            client: Some(self.client.trim().to_owned()).filter(|client| !client.is_empty()),
            seed: self.seed,
            rates,
            runs: RUNS,
        })
    }
}

/// The encodings by name.
#[must_use]
pub fn encodings() -> Vec<&'static str> {
    ENCODINGS.iter().map(|(name, _)| *name).collect()
}

fn number(text: &str, low: f64, high: f64) -> Result<f64, &'static str> {
    let number = float(text.trim()).ok_or("is no number")?;
    if (low..=high).contains(&number) {
        Ok(number)
    } else {
        Err("is out of bounds")
    }
}

/// Two digits that count.
fn rounded(value: f64) -> f64 {
    let scale = 10f64.powi(1 - value.log10().floor() as i32);
    (value * scale).round() / scale
}

fn short(value: f64) -> String {
    format!("{}", (value * 1e4).round() / 1e4)
}

impl Trial {
    /// The next state.
    #[must_use]
    pub fn after(mut self, change: Change) -> Self {
        match change {
            Change::Tool(tool) => {
                self.form = Form {
                    client: self.form.client,
                    seed: self.form.seed,
                    ..Form::of(&tool)
                };
            }
            Change::Rate(rate) => self.form.rate = rate,
            Change::Minutes(minutes) => self.form.minutes = minutes,
            Change::Encoding(encoding) => self.form.encoding = encoding,
            Change::Client(client) => self.form.client = client,
            Change::Start => self.start(),
            Change::Again => {
                self.form.seed += 1;
                self.start();
            }
            Change::Stop => {
                if matches!(self.phase, Phase::Running(..)) {
                    self.phase = Phase::Stopped;
                }
            }
            Change::Heard(ask, event) if ask == self.ask && self.phase != Phase::Stopped => {
                self.hear(event);
            }
            Change::Heard(..) => {}
        }
        self
    }

    fn start(&mut self) {
        if let Ok(plan) = self.form.plan() {
            self.ask += 1;
            self.plan = Some(Rc::new(plan));
            self.phase = Phase::Running("Beginning".to_owned(), 0.0);
            self.outcome = None;
            self.points.clear();
        }
    }

    fn hear(&mut self, event: TrialEvent) {
        match event {
            TrialEvent::Progress(what, share) => self.phase = Phase::Running(what, share),
            TrialEvent::Outcome(outcome) => self.outcome = Some(Rc::from(outcome)),
            TrialEvent::Rate(point) => self.points.push(point),
            TrialEvent::Done(elapsed_ms) => self.phase = Phase::Done(elapsed_ms),
            TrialEvent::Failed(what) => self.phase = Phase::Failed(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_of_the_lab_is_offered_and_has_a_plan() {
        assert_eq!(TOOLS.len(), wakeful_lab::tunnels::TOOLS.len());
        for (tool, _, _) in TOOLS {
            assert!(Tool::from_name(tool).is_some(), "{tool}");
            let plan = Form::of(tool).plan().unwrap();
            assert!(plan.rates.contains(&plan.rate), "{tool}");
            assert!(plan.rates.is_sorted() && plan.rates.len() >= 3, "{tool}");
        }
    }

    #[test]
    fn a_number_that_is_none_begins_nothing() {
        let trial = Trial::default().after(Change::Rate("fast".to_owned()));
        assert_eq!(trial.form.plan().unwrap_err().0, "try-rate");
        assert_eq!(trial.after(Change::Start).ask, 0);
        let form = Form {
            minutes: "1e9".to_owned(),
            ..Form::of("slow")
        };
        assert_eq!(form.plan().unwrap_err().0, "try-minutes");
    }

    #[test]
    fn late_words_of_an_earlier_or_stopped_trial_change_nothing() {
        let trial = Trial::default().after(Change::Start).after(Change::Again);
        assert_eq!((trial.ask, trial.form.seed), (2, 2));
        let late = trial.clone().after(Change::Heard(1, TrialEvent::Done(1.0)));
        assert_eq!(late, trial);
        let stopped = trial.after(Change::Stop);
        let heard = stopped
            .clone()
            .after(Change::Heard(2, TrialEvent::Done(1.0)));
        assert_eq!(heard, stopped);
        let again = heard
            .after(Change::Start)
            .after(Change::Heard(3, TrialEvent::Done(9.0)));
        assert_eq!(again.phase, Phase::Done(9.0));
    }

    #[test]
    fn an_address_fills_the_form_and_leaves_the_client() {
        let mut form = Form {
            client: "10.0.0.5".to_owned(),
            ..Form::of("iodine")
        };
        assert_eq!(form.arrangement(), Arrangement::default());
        let pairs = |all: &[(&str, &str)]| {
            let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            Arrangement::read(&all.iter().map(pair).collect())
        };
        let wanted = pairs(&[("tool", "slow"), ("rate", "0.01"), ("encoding", "base32")]);
        form.arrange(&wanted);
        assert_eq!(form.arrangement(), wanted);
        assert_eq!(
            (form.tool.as_str(), form.client.as_str()),
            ("slow", "10.0.0.5")
        );
        assert_eq!(form.minutes, Form::of("slow").minutes);
        form.arrange(&pairs(&[("tool", "none such"), ("encoding", "x")]));
        assert_eq!((form.tool.as_str(), form.encoding.as_str()), (FIRST, ""));
    }
}
