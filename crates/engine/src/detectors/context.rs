//! Who else speaks to the other end of a channel, and what the two ends are.
//!
//! In: a [`Scene`], the [`Roles`] of its hosts, a channel. Out: a [`Context`]. Must not know: why the
//! channel was found. What is said here is for the reader; no score depends on it.
//!
//! **Rare**: of ten clients or more, only this one asks. **Newly seen**: as in [`super::new_domains`].

use super::new_domains::{MANY_CLIENTS, since};
use super::roles::Roles;
use super::unconnected::Connected;
use super::{Scene, rule, shown};
use crate::allow;
use crate::analysis::Ends;
use crate::channels::dns::DnsChannel;
use crate::channels::flow::FlowChannel;
use crate::order;
use crate::report::Context;

/// How many of the other clients are named.
const NAMED: usize = 10;

/// The context of a client and a registered domain. `connected` is what
/// [`super::unconnected::never_connected`] says of the channel.
#[must_use]
pub fn context(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    ends: &Ends<'_, DnsChannel>,
    connected: Option<Connected>,
) -> Context {
    let channels = roles.channels_of(ends.other);
    let others: Vec<&[u8]> = channels
        .iter()
        .map(|&id| &scene.dns[id as usize])
        .filter(|other| other.client_id != ends.client_id)
        .map(|other| other.client)
        .collect();
    let domain = shown(ends.other);
    let mut notes = Vec::new();
    if let Some(what) = allow::shared_as(&domain) {
        notes.push(format!(
            "{domain} is under a suffix that anybody can use ({what}): its reputation is not that of the suffix."
        ));
    }
    if others.is_empty() && roles.clients() >= MANY_CLIENTS {
        notes.push(format!(
            "The domain is rare here: of {} clients only this one asked for it.",
            roles.clients()
        ));
    }
    notes.extend(newly_seen(scene, channels));
    notes.extend(servers(scene, roles, ends));
    notes.extend(connected.and_then(Connected::note));
    Context {
        other_clients: others.len() as u64,
        who: first_by_address(others),
        client_role: role(roles, ends.client_id),
        other_role: None,
        shared_suffix: allow::is_shared_suffix(&domain),
        notes,
    }
}

/// The context of a client and a peer; `sharing` are all channels with that peer.
#[must_use]
pub fn flow_context<'s>(
    roles: &Roles<'_>,
    ends: &Ends<'_, FlowChannel>,
    sharing: impl Iterator<Item = &'s Ends<'s, FlowChannel>>,
) -> Context {
    let others: Vec<&[u8]> = sharing
        .filter(|other| other.client_id != ends.client_id)
        .map(|other| other.client)
        .collect();
    Context {
        other_clients: others.len() as u64,
        who: first_by_address(others),
        client_role: role(roles, ends.client_id),
        other_role: role(roles, ends.other_id),
        ..Context::default()
    }
}

fn role(roles: &Roles<'_>, host: u32) -> Option<String> {
    roles.role(host).map(str::to_owned)
}

/// The first addresses in the order of numbers: 10.0.0.9 before 10.0.0.10; what is no address last.
fn first_by_address(clients: Vec<&[u8]>) -> Vec<String> {
    let key = |client: &[u8]| {
        let address = std::str::from_utf8(client)
            .ok()
            .and_then(|text| text.parse::<std::net::IpAddr>().ok());
        (address.is_none(), address, client.to_vec())
    };
    let mut keyed: Vec<_> = clients.into_iter().map(key).collect();
    order::natural(&mut keyed);
    keyed
        .iter()
        .take(NAMED)
        .map(|(_, _, client)| shown(client))
        .collect()
}

fn newly_seen(scene: &Scene<'_>, channels: &[u32]) -> Option<String> {
    let logs = scene.analysis.interval();
    let (from, since) = (logs.first?, since(logs)?);
    let first = channels
        .iter()
        .filter_map(|&id| scene.dns[id as usize].channel.interval.first)
        .min()?;
    (first >= since).then(|| {
        format!(
            "The domain is new here: nobody asked for it in the first {} of these logs.",
            rule::time(first.saturating_sub(from) as f64 / 1e6)
        )
    })
}

/// Where the questions went, if not to a resolver of many.
fn servers(scene: &Scene<'_>, roles: &Roles<'_>, ends: &Ends<'_, DnsChannel>) -> Option<String> {
    let servers = ends.channel.servers.all();
    let [(server, _)] = servers else {
        return None;
    };
    let alone = roles.askers_of(*server) == 1 && roles.clients() >= MANY_CLIENTS;
    alone.then(|| {
        format!(
            "All questions went to {}, which no other client asks.",
            shown(scene.analysis.host(*server))
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;

    fn of(logs: &Logs, client: &str, domain: &str) -> Context {
        let scene = Scene::new(&logs.analysis);
        let roles = Roles::new(&scene);
        let is = |ends: &&Ends<'_, DnsChannel>| {
            ends.client == client.as_bytes() && ends.other == domain.as_bytes()
        };
        let ends = scene.dns.iter().find(is).unwrap();
        context(&scene, &roles, ends, None)
    }

    fn office() -> Logs {
        let mut logs = Logs::default();
        for n in 0..14 {
            logs.ask(n, &format!("10.0.0.{n}"), "10.0.1.1", "www.example.com", 1);
        }
        logs.ask(50_000, "10.0.0.3", "203.0.113.9", "a.tunnel.example", 16);
        logs.ask(50_001, "10.0.0.3", "10.0.1.1", "me.duckdns.org", 1);
        logs
    }

    #[test]
    fn others_are_named_in_the_order_of_addresses() {
        let context = of(&office(), "10.0.0.3", "example.com");
        assert_eq!(context.other_clients, 13);
        assert_eq!(context.who.len(), 10);
        assert_eq!(context.who[2..4], ["10.0.0.2", "10.0.0.4"]);
        assert_eq!(context.who[9], "10.0.0.10");
        assert!(context.notes.is_empty(), "{:?}", context.notes);
    }

    #[test]
    fn a_rare_and_new_domain_says_so() {
        let context = of(&office(), "10.0.0.3", "tunnel.example");
        assert_eq!((context.other_clients, context.shared_suffix), (0, false));
        let notes = context.notes.join("\n");
        for part in [
            "rare here: of 14",
            "new here",
            "203.0.113.9, which no other",
        ] {
            assert!(notes.contains(part), "{notes}");
        }
    }

    #[test]
    fn a_shared_suffix_is_named() {
        let context = of(&office(), "10.0.0.3", "me.duckdns.org");
        assert!(context.shared_suffix && context.notes[0].contains("dynamic DNS"));
    }

    #[test]
    fn a_short_log_makes_nothing_rare_or_new() {
        let mut logs = Logs::default();
        logs.ask(0, "10.0.0.1", "10.0.1.1", "www.example.com", 1);
        logs.ask(600, "10.0.0.1", "10.0.1.1", "www.example.org", 1);
        assert_eq!(of(&logs, "10.0.0.1", "example.org").notes.len(), 0);
    }
}
