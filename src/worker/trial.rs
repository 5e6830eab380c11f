//! A tunnel of the lab put into the user's own log, to see whether it is found.
//!
//! In: a finished scan (or a sample where there is none), a [`Plan`]. Out: where the tunnel is ranked,
//! after how many rows it was an alert, and how many of several such tunnels are found at some rates.
//! Must not know: how anything is found.
//!
//! The lab writes the tunnel's rows as logs; they are read like any other and judged together with
//! the aggregates of the user's logs ([`Session::with`]), which gives what one scan of all of them
//! would. The first result is not touched.

use std::net::IpAddr;
use std::rc::Rc;
use wakeful_engine::order;

use wakeful_engine::Session;
use wakeful_engine::channels::flow::FlowClass;
use wakeful_engine::report::{Finding, Report};
use wakeful_lab::row::{ConnRow, DnsRow};
use wakeful_lab::scenario::{Injection, Scenario, Target};
use wakeful_lab::tunnels::Tool;
use wakeful_lab::zeek::{Format, conn_log, dns_log};

use super::Desk;
use super::scan::Finished;
use crate::browser::time;
use crate::state::format::{count, duration};
use crate::wire::Event;
use crate::wire::trial::{Found, Outcome, Plan, RatePoint, TrialEvent};

/// Rows that a tunnel has at most: more are no longer a question of whether it is found.
const MOST_ROWS: f64 = 100_000.0;
/// The log that a tunnel is put into where the user has none.
const SAMPLE: &str = "quiet-day";
/// Scores of the course.
const COURSE: [u64; 14] = [
    5, 10, 15, 20, 30, 50, 75, 100, 150, 250, 500, 1000, 2500, 5000,
];

/// Runs a trial and tells how it goes.
pub async fn run(desk: Rc<Desk>, finished: Option<Rc<Finished>>, ask: u32, plan: Plan) {
    let began = time::now_ms();
    let tell = |event| desk.send(&Event::Trial { ask, event });
    let wanted = || desk.trial.get() == Some(ask);
    let base = match finished {
        Some(finished) => Base::of(&finished.session.borrow()),
        None => {
            tell(TrialEvent::Progress(
                format!("Making the sample “{SAMPLE}”"),
                0.0,
            ));
            time::turn().await;
            Base::sample()
        }
    };
    let steps = COURSE.len() + plan.rates.len();
    let trial = match base.and_then(|base| Trial::new(base, &plan)) {
        Ok(trial) => trial,
        Err(what) => return tell(TrialEvent::Failed(what)),
    };
    let mut course = Course::new(&trial);
    let mut step = 0;
    while course.next(&trial) {
        step += 1;
        tell(TrialEvent::Progress(
            "Judging the log with the tunnel".to_owned(),
            step as f64 / (steps + 8) as f64,
        ));
        time::turn().await;
        if !wanted() {
            return;
        }
    }
    tell(TrialEvent::Outcome(Box::new(course.outcome(&trial))));
    for (at, &rate) in plan.rates.iter().enumerate() {
        let share = (COURSE.len() + 8 + at) as f64 / (steps + 8) as f64;
        tell(TrialEvent::Progress(
            format!("Trying {rate} a second"),
            share,
        ));
        time::turn().await;
        if !wanted() {
            return;
        }
        tell(match trial.rate(&plan, rate) {
            Ok(point) => TrialEvent::Rate(point),
            Err(what) => return tell(TrialEvent::Failed(what)),
        });
    }
    tell(TrialEvent::Done(time::now_ms() - began));
}

/// What a tunnel is put into.
struct Base {
    session: Session,
    /// Addresses that asked or opened connections, sorted.
    clients: Vec<IpAddr>,
    /// Each client's DNS server, where the flows show one.
    servers: Vec<Option<IpAddr>>,
    has_dns: bool,
    has_conn: bool,
    first: f64,
    last: f64,
    findings: u64,
}

impl Base {
    fn sample() -> Result<Self, String> {
        let logs = wakeful_lab::sample_logs(SAMPLE)
            .ok_or_else(|| "The sample is missing. Reload the page.".to_owned())?;
        let mut session = Session::new();
        for (name, bytes) in logs {
            session.open(&name);
            session.feed(&bytes);
            session.close();
        }
        Self::of(&session)
    }

    fn of(session: &Session) -> Result<Self, String> {
        // A copy: what the report leaves behind in a session belongs to the first result.
        let mut session = session.with(Session::new());
        let analysis = session.analysis();
        let interval = analysis.interval();
        let (Some(first), Some(last)) = (interval.first, interval.last) else {
            return Err("The logs have no record with a time, so a tunnel has no place in them. Drop logs that have records.".to_owned());
        };
        let parse = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<IpAddr>().ok();
        let mut asked: Vec<IpAddr> = analysis
            .dns_channels()
            .filter_map(|ends| parse(ends.client))
            .collect();
        let has_dns = !asked.is_empty();
        let mut flows: Vec<(IpAddr, u64, IpAddr)> = analysis
            .flow_channels(FlowClass::Dns)
            .filter_map(|ends| {
                Some((
                    parse(ends.client)?,
                    ends.channel.records,
                    parse(ends.other)?,
                ))
            })
            .collect();
        let has_conn =
            !flows.is_empty() || analysis.flow_channels(FlowClass::Other).next().is_some();
        order::natural(&mut flows);
        if !has_dns {
            asked.extend(flows.iter().map(|flow| flow.0));
            asked.extend(
                analysis
                    .flow_channels(FlowClass::Other)
                    .filter_map(|ends| parse(ends.client)),
            );
        }
        order::natural(&mut asked);
        asked.dedup();
        let servers = asked
            .iter()
            .map(|client| {
                // Sorted by records within a client: the last is the one asked most.
                let after = flows.partition_point(|flow| flow.0 <= *client);
                let last = flows.get(after.checked_sub(1)?)?;
                (last.0 == *client).then_some(last.2)
            })
            .collect();
        let findings = session.report().findings.len() as u64;
        Ok(Self {
            session,
            clients: asked,
            servers,
            has_dns,
            has_conn,
            first: first as f64 / 1e6,
            last: last as f64 / 1e6,
            findings,
        })
    }
}

/// A tunnel's rows and where it lies.
struct Made {
    dns: Vec<DnsRow>,
    conn: Vec<ConnRow>,
    client: IpAddr,
    server: Option<IpAddr>,
    target: String,
    is_domain: bool,
    first: f64,
    last: f64,
    records: u64,
}

struct Trial {
    base: Base,
    tool: Tool,
    made: Made,
    notes: Vec<String>,
}

impl Trial {
    fn new(base: Base, plan: &Plan) -> Result<Self, String> {
        let tool = Tool::from_name(&plan.tool)
            .ok_or_else(|| format!("There is no tool “{}”. Choose one of the list.", plan.tool))?;
        if base.clients.is_empty() {
            return Err("The logs name no client by its address, so a tunnel has nobody to run on. Drop a dns.log with id.orig_h.".to_owned());
        }
        if !tool.speaks_dns() && !base.has_conn {
            return Err(format!(
                "{} leaves no rows in dns.log, and there is no conn.log here. Drop the conn.log as well, or choose another tool.",
                plan.tool
            ));
        }
        let client = match &plan.client {
            None => draw(plan.seed, base.clients.len()),
            Some(text) => {
                let address: IpAddr = text.parse().map_err(|_| {
                    format!(
                        "“{text}” is no address. Write one such as {}, or leave it empty.",
                        base.clients[0]
                    )
                })?;
                base.clients.binary_search(&address).map_err(|_| {
                    format!(
                        "{address} is no client of these logs; one that is: {}.",
                        base.clients[0]
                    )
                })?
            }
        };
        let made = base.make(plan, tool, plan.rate, &[client], plan.seed)?;
        let Some(made) = made.into_iter().next() else {
            return Err(
                "The tunnel left no row within the time of the logs. Raise its rate or its length."
                    .to_owned(),
            );
        };
        let mut notes = Vec::new();
        if made.records < 5 {
            notes.push(format!(
                "The tunnel has {} in the time of these logs; fewer than 5 are not judged.",
                crate::state::format::counted(made.records, "row")
            ));
        }
        let span = base.last - base.first;
        if plan.duration > span {
            notes.push(format!(
                "The logs cover {}, so the tunnel ends with them.",
                duration(span)
            ));
        }
        if plan.rate * plan.duration > MOST_ROWS {
            notes.push(format!(
                "The tunnel was cut at about {} rows.",
                count(MOST_ROWS as u64)
            ));
        }
        Ok(Self {
            base,
            tool,
            made,
            notes,
        })
    }

    /// The report on the log with the tunnel's first rows.
    fn judged(&self, rows: u64) -> Report {
        self.base.judged(&[&self.made], Some(rows))
    }

    /// Several tunnels at a rate, each on a client of its own as far as there are enough.
    fn rate(&self, plan: &Plan, rate: f64) -> Result<RatePoint, String> {
        let clients: Vec<usize> = (0..plan.runs)
            .map(|run| {
                let start = draw(plan.seed, self.base.clients.len());
                // A stride that is no divisor of most counts spreads them.
                (start + run as usize * 7) % self.base.clients.len()
            })
            .collect();
        let seed = plan.seed.wrapping_add(1 + (rate * 1e6) as u64);
        let made = self.base.make(plan, self.tool, rate, &clients, seed)?;
        let report = self.base.judged(&made.iter().collect::<Vec<_>>(), None);
        let found: Vec<Option<&Finding>> = made
            .iter()
            .map(|one| place(&report, one).map(|(_, finding)| finding))
            .collect();
        let mut scores: Vec<f64> = found
            .iter()
            .map(|found| found.map_or(0.0, |finding| finding.score))
            .collect();
        // Tunnels so slow that they left no row were not found either.
        scores.resize(plan.runs as usize, 0.0);
        order::by(&mut scores, f64::total_cmp);
        let alerts = found
            .iter()
            .flatten()
            .filter(|finding| finding.severity.is_alert())
            .count();
        let records: u64 = made.iter().map(|one| one.records).sum();
        Ok(RatePoint {
            rate,
            tunnels: plan.runs,
            alerts: alerts as u32,
            records: records as f64 / f64::from(plan.runs.max(1)),
            score: scores.get(scores.len() / 2).copied().unwrap_or(0.0),
        })
    }
}

impl Base {
    /// Tunnels of one kind, one on each of these clients; those without a row are left out.
    fn make(
        &self,
        plan: &Plan,
        tool: Tool,
        rate: f64,
        clients: &[usize],
        seed: u64,
    ) -> Result<Vec<Made>, String> {
        let mut text = format!("{}:rate={rate}", plan.tool);
        if let Some(encoding) = &plan.encoding {
            text.push_str(&format!(",encoding={encoding}"));
        }
        let mut injection = Injection::parse(&text)?;
        let span = (self.last - self.first).max(1.0);
        let length = plan.duration.min(span).min(MOST_ROWS / rate.max(1e-6));
        injection.params.duration = length;
        // A tool told to be slow is slow with its keep-alives too.
        let usual = injection.tool.defaults().rate;
        if rate < usual {
            injection.params.idle *= usual / rate;
        }
        let injections = (0..clients.len())
            .map(|at| {
                let mut one = injection.clone();
                one.client = Some(at);
                // Somewhere within what the log has room for.
                let share = draw(seed.wrapping_add(at as u64 * 977), 1000) as f64 / 1000.0;
                one.params.start = Some((span - length).max(0.0) * share);
                one
            })
            .collect();
        let logs = Scenario {
            seed,
            days: span / 86_400.0,
            clients: 0,
            start: self.first,
            injections,
        }
        .run();
        let made = logs.truth.iter().filter_map(|truth| {
            let at = (0..clients.len())
                .find(|&at| wakeful_lab::row::client_address(at) == truth.client)?;
            let (client, server) = (self.clients[clients[at]], self.servers[clients[at]]);
            let mut made = Made {
                dns: logs
                    .dns
                    .iter()
                    .filter(|row| row.client == truth.client)
                    .cloned()
                    .collect(),
                conn: logs
                    .conn
                    .iter()
                    .filter(|row| row.client == truth.client)
                    .cloned()
                    .collect(),
                client,
                server,
                target: match &truth.target {
                    Target::Domain(domain) => domain.clone(),
                    Target::Peer(peer) => peer.to_string(),
                },
                is_domain: matches!(truth.target, Target::Domain(_)),
                first: truth.first,
                last: truth.last,
                records: truth.records,
            };
            let resolver = wakeful_lab::row::resolver_address(at);
            move_to(&mut made, resolver);
            Some(made)
        });
        debug_assert!(tool.speaks_dns() || logs.dns.is_empty());
        Ok(made.collect())
    }

    /// The report on the log with these tunnels, or with the first rows of them.
    fn judged(&self, made: &[&Made], rows: Option<u64>) -> Report {
        let mut added = Session::new();
        for one in made {
            let most = rows.map_or(usize::MAX, |rows| rows as usize);
            let until = match one.is_domain {
                true => one.dns.get(most).map(|row| row.ts),
                false => one.conn.get(most).map(|row| row.ts),
            };
            let within = |ts: f64| until.is_none_or(|until| ts < until);
            if self.has_dns {
                let dns: Vec<DnsRow> = one.dns.iter().take(most).cloned().collect();
                feed(
                    &mut added,
                    "dns.log with a tunnel",
                    &dns_log(&dns, Format::Tsv),
                );
            }
            if self.has_conn {
                let conn: Vec<ConnRow> = one
                    .conn
                    .iter()
                    .filter(|row| within(row.ts))
                    .cloned()
                    .collect();
                feed(
                    &mut added,
                    "conn.log with a tunnel",
                    &conn_log(&conn, Format::Tsv),
                );
            }
        }
        self.session.with(added).report()
    }
}

fn feed(session: &mut Session, name: &str, bytes: &[u8]) {
    session.open(name);
    session.feed(bytes);
    session.close();
}

/// From the lab's client and resolver to the user's own.
fn move_to(made: &mut Made, resolver: IpAddr) {
    let server = made.server;
    let moved = |address: IpAddr| match server {
        Some(server) if address == resolver => server,
        _ => address,
    };
    for row in &mut made.dns {
        (row.client, row.server) = (made.client, moved(row.server));
    }
    for row in &mut made.conn {
        (row.client, row.server) = (made.client, moved(row.server));
    }
}

/// Rank and finding of a tunnel; the best ranked where several are of it.
fn place<'r>(report: &'r Report, made: &Made) -> Option<(u64, &'r Finding)> {
    let client = made.client.to_string();
    let of = |finding: &Finding| {
        let ends = |domain: &Option<String>, peer: &Option<String>| {
            domain.as_ref() == Some(&made.target) || peer.as_ref() == Some(&made.target)
        };
        finding.client == client
            && (ends(&finding.domain, &finding.peer)
                || finding
                    .related
                    .iter()
                    .any(|related| ends(&related.domain, &related.peer)))
    };
    let at = report.findings.iter().position(of)?;
    Some((at as u64 + 1, &report.findings[at]))
}

/// One of `below`, drawn by a number: SplitMix64 (Steele, Lea and Flood 2014).
fn draw(seed: u64, below: usize) -> usize {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) % below.max(1) as u64) as usize
}

/// The scores after the first rows, then the exact row at which it became an alert.
struct Course {
    /// Row counts that are still to be judged, the next one last.
    steps: Vec<u64>,
    points: Vec<(u64, f64)>,
    /// Rows at which it was no alert, and at which it was.
    quiet: u64,
    alert: Option<u64>,
    whole: Option<(Option<Found>, u64)>,
}

impl Course {
    fn new(trial: &Trial) -> Self {
        let all = trial.made.records;
        let mut steps: Vec<u64> = COURSE.into_iter().filter(|step| *step < all).collect();
        steps.push(all);
        steps.reverse();
        Self {
            steps,
            points: Vec::new(),
            quiet: 0,
            alert: None,
            whole: None,
        }
    }

    /// Judges once more; `false` when all is known.
    fn next(&mut self, trial: &Trial) -> bool {
        let (rows, first_pass) = match (self.steps.pop(), self.alert) {
            (Some(rows), _) => (rows, true),
            // Halved until the two stand next to each other, or closer than a twentieth.
            (None, Some(alert)) if alert - self.quiet > 1 + alert / 20 => {
                (self.quiet.midpoint(alert), false)
            }
            _ => return false,
        };
        let report = trial.judged(rows);
        let found = place(&report, &trial.made);
        let is_alert = found.is_some_and(|(_, finding)| finding.severity.is_alert());
        if is_alert && self.alert.is_none_or(|alert| rows < alert) {
            self.alert = Some(rows);
        } else if !is_alert && self.alert.is_none_or(|alert| rows < alert) {
            self.quiet = self.quiet.max(rows);
        }
        if first_pass {
            self.points
                .push((rows, found.map_or(0.0, |(_, finding)| finding.score)));
            if rows == trial.made.records {
                self.whole = Some((found.map(described), report.findings.len() as u64));
            }
        }
        true
    }

    fn outcome(self, trial: &Trial) -> Outcome {
        let made = &trial.made;
        let (found, findings) = self.whole.unwrap_or((None, trial.base.findings));
        let time_of = |row: u64| {
            let at = row.saturating_sub(1) as usize;
            match made.is_domain {
                true => made.dns.get(at).map(|row| row.ts),
                false => made.conn.get(at).map(|row| row.ts),
            }
        };
        Outcome {
            client: made.client.to_string(),
            target: made.target.clone(),
            first: made.first,
            last: made.last,
            records: made.records,
            found,
            findings,
            findings_before: trial.base.findings,
            alert_after: self
                .alert
                .and_then(|rows| Some((rows, time_of(rows)? - made.first))),
            course: self.points,
            notes: trial.notes.clone(),
        }
    }
}

fn described((rank, finding): (u64, &Finding)) -> Found {
    Found {
        rank,
        severity: finding.severity.name().to_owned(),
        score: finding.score,
        kind: finding.kind.clone(),
        reasons: finding
            .reasons
            .iter()
            .take(4)
            .map(|reason| reason.text.clone())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(tool: &str, rate: f64) -> Plan {
        Plan {
            tool: tool.to_owned(),
            rate,
            duration: 1800.0,
            encoding: None,
            client: None,
            seed: 7,
            rates: Vec::new(),
            runs: 4,
        }
    }

    fn done(trial: &Trial) -> Outcome {
        let mut course = Course::new(trial);
        while course.next(trial) {}
        course.outcome(trial)
    }

    #[test]
    fn a_loud_tunnel_is_found_on_a_client_of_the_log_and_within_its_time() {
        let trial = Trial::new(Base::sample().unwrap(), &plan("iodine", 2.0)).unwrap();
        let base = &trial.base;
        let outcome = done(&trial);
        assert!(base.clients.contains(&outcome.client.parse().unwrap()));
        assert!(base.first <= outcome.first && outcome.last <= base.last);
        let found = outcome.found.expect("found");
        assert_eq!(found.rank, 1);
        let (rows, seconds) = outcome.alert_after.expect("an alert");
        assert!(
            rows >= 4 && rows < outcome.records && seconds > 0.0,
            "{rows} {seconds}"
        );
        assert!(outcome.findings > outcome.findings_before);
        // At the row that was named it is an alert, and somewhat before it is not.
        let alert = |rows| {
            place(&trial.judged(rows), &trial.made)
                .is_some_and(|(_, found)| found.severity.is_alert())
        };
        assert!(alert(rows) && !alert(rows * 9 / 10 - 1));
    }

    #[test]
    fn the_same_plan_gives_the_same_outcome_and_leaves_the_base_alone() {
        let base = Base::sample().unwrap();
        let before = base.session.with(Session::new()).report();
        let trial = Trial::new(base, &plan("dnscat2", 0.2)).unwrap();
        let first = done(&trial);
        assert_eq!(first, done(&trial));
        assert_eq!(trial.base.session.with(Session::new()).report(), before);
    }

    #[test]
    fn recall_does_not_rise_as_the_rate_falls_to_nothing() {
        // A tool that no rule knows by its handshake: what is found of it is found by its queries.
        let plan = plan("sliver", 1.0);
        let trial = Trial::new(Base::sample().unwrap(), &plan).unwrap();
        let fast = trial.rate(&plan, 1.0).unwrap();
        let none = trial.rate(&plan, 0.0005).unwrap();
        assert_eq!((fast.alerts, fast.tunnels), (4, 4));
        assert_eq!(none.alerts, 0);
        assert!(fast.records > none.records && fast.score > none.score);
    }

    #[test]
    fn what_cannot_be_tried_is_said() {
        let fails = |plan: &Plan| {
            Trial::new(Base::sample().unwrap(), plan)
                .map(|_| ())
                .unwrap_err()
        };
        assert!(fails(&plan("telnet", 1.0)).contains("no tool"));
        let on = |client: &str| Plan {
            client: Some(client.to_owned()),
            ..plan("iodine", 1.0)
        };
        assert!(fails(&on("192.0.2.1")).contains("no client of these logs"));
        assert!(fails(&on("me")).contains("no address"));
        let mut bare = Base::sample().unwrap();
        bare.has_conn = false;
        assert!(
            Trial::new(bare, &plan("icmp", 1.0))
                .map(|_| ())
                .unwrap_err()
                .contains("conn.log")
        );
        let empty = Base::of(&Session::new()).map(|_| ()).unwrap_err();
        assert!(empty.contains("no record"));
    }
}
