#!/usr/bin/env python3
"""Writes those cases in this folder that are made row by row: logs, and what a scan of them must say.

The cases are committed; this says how they came about. After a change, run it, then
`cargo test -p wakeful-engine --test cases --test detectors --test fingerprints`.

Addresses are those of documentation (RFC 5737, RFC 3849), names are under example.com, example.net and
example.org (RFC 2606), but where a case needs many domains or many networks.
"""

import base64
import gzip
import json
import pathlib
import random

HERE = pathlib.Path(__file__).parent
# 2026-01-01 09:00 UTC, and the midnight after.
NINE = 1767258000.0
MIDNIGHT = 1767312000.0
RESOLVER = "192.0.2.1"
HEX = "0123456789abcdef"
TEXT = "abcdefghijklmnopqrstuvwxyz0123456789"
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
IODINE = "abcdefghijklmnopqrstuvwxyz012345"
SLIVER = "ab1c2d3e4f5g6h7j8k9m0npqrtuvwxyz"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TYPES = {"NAPTR": 35, "PTR": 12, "A": 1, "NS": 2, "CNAME": 5, "NULL": 10, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33}
CODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN"}

DNS = {
    "ts": "time", "uid": "string", "id.orig_h": "addr", "id.orig_p": "port", "id.resp_h": "addr",
    "id.resp_p": "port", "proto": "enum", "query": "string", "qtype": "count", "qtype_name": "string",
    "rcode": "count", "rcode_name": "string", "answers": "vector[string]", "TTLs": "vector[interval]",
}
CONN = {
    "ts": "time", "uid": "string", "id.orig_h": "addr", "id.orig_p": "port", "id.resp_h": "addr",
    "id.resp_p": "port", "proto": "enum", "service": "string", "duration": "interval",
    "orig_bytes": "count", "resp_bytes": "count", "local_orig": "bool", "local_resp": "bool",
    "history": "string", "orig_pkts": "count", "resp_pkts": "count",
}


def ask(ts, client, query, qtype="A", rcode=0, answers=(), ttl=300.0, server=RESOLVER):
    """A row of dns.log."""
    return {
        "ts": ts, "id.orig_h": client, "id.resp_h": server, "id.resp_p": 53, "proto": "udp",
        "query": query, "qtype": TYPES[qtype], "qtype_name": qtype, "rcode": rcode,
        "rcode_name": CODES[rcode], "answers": list(answers), "TTLs": [ttl] * len(answers),
    }


def flow(ts, client, peer, port=443, proto="tcp", service="ssl", duration=0.4, up=(500, 6),
         down=(2000, 6), history="ShADadFf", local=False, orig_port=None):
    """A row of conn.log; `up` and `down` are bytes and packets."""
    return {
        "ts": ts, "id.orig_h": client, "id.orig_p": orig_port, "id.resp_h": peer, "id.resp_p": port,
        "proto": proto, "service": service, "duration": duration, "orig_bytes": up[0],
        "resp_bytes": down[0], "local_orig": True, "local_resp": local, "history": history,
        "orig_pkts": up[1], "resp_pkts": down[1],
    }


def lookups(ts, client, peer, **more):
    """A row of conn.log: look-ups on port 53."""
    return flow(ts, client, peer, port=53, proto="udp", history="Dd", **{"service": "dns", **more})


def office(rng, clients, seconds, start=NINE, each=12):
    """Ordinary look-ups: each client asks for a few hosts of a few domains."""
    hosts = ["www.example.com", "mail.example.com", "www.example.org", "static.example.org",
             "www.example.net"]
    rows = []
    for client in clients:
        for _ in range(each):
            host = rng.choice(hosts)
            answer = f"198.51.100.{10 + hosts.index(host)}"
            rows.append(ask(start + rng.uniform(0, seconds), client, host, answers=[answer]))
    return rows


def tsv(kind, fields, rows):
    def text(value, of):
        if value is None or value == []:
            return "-"
        if isinstance(value, list):
            return ",".join(text(one, of) for one in value)
        if isinstance(value, bool):
            return "T" if value else "F"
        return f"{value:.6f}" if isinstance(value, float) else str(value)

    lines = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-",
             f"#path\t{kind}", "\t".join(["#fields", *fields]),
             "\t".join(["#types", *fields.values()])]
    lines += ["\t".join(text(row.get(name), name) for name in fields) for row in rows]
    return "\n".join(lines) + "\n"


def jsonl(fields, rows):
    kept = [{name: row[name] for name in fields if row.get(name) not in (None, [])} for row in rows]
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in kept)


def case(name, about, shows, findings=(), proofs=None, said=None, dns=(), conn=(), as_json=False,
         without=()):
    """A folder. `findings`: kind, severity, client, and domain or peer. `without`: columns left out."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    for kind, fields, rows in (("dns", DNS, dns), ("conn", CONN, conn)):
        # Rows without a time stay where they are put: in front.
        rows = sorted(rows, key=lambda row: row["ts"])
        for at, row in enumerate(rows):
            row["uid"] = f"C{kind[0].upper()}{at:08d}"
            row["id.orig_p"] = row.get("id.orig_p") or 40000 + at % 20000
        fields = {name: of for name, of in fields.items() if name not in without}
        if rows:
            text = jsonl(fields, rows) if as_json else tsv(kind, fields, rows)
            (folder / f"{kind}.log").write_text(text)
    by_domain = ("dns-tunnel", "fast-flux", "dns-beacon")

    def stated(kind, severity, client, other=None):
        one = {"kind": kind, "severity": severity, "client": client}
        if other:
            one["domain" if kind in by_domain else "peer"] = other
        return one

    expect = {"about": about, "shows": shows, "findings": [stated(*one) for one in findings]}
    if proofs is not None:
        keys = ("domain", "rule", "at_least")
        expect["proofs"] = [dict(zip(keys, proof)) for proof in sorted(proofs)]
    if said is not None:
        expect["said"] = {detector: sorted(lines) for detector, lines in said.items()}
    (folder / "expect.json").write_text(json.dumps(expect, indent=2) + "\n")


def text(rng, length, alphabet=TEXT):
    return "".join(rng.choice(alphabet) for _ in range(length))


def encoded(data, alphabet):
    """Bytes in base 32, without padding."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(alphabet[int(bits[at:at + 5], 2)] for at in range(0, len(bits), 5))


def names(client, all_names, qtype="TXT", start=NINE, gap=2.0, **more):
    """A row a name."""
    return [ask(start + at * gap, client, name, qtype, **more) for at, name in enumerate(all_names)]


# Beacons and rhythm.


def beacon_over_midnight():
    rng = random.Random(1)
    clients = [f"2001:db8:1::{n}" for n in range(1, 7)]
    rows = [flow(MIDNIGHT - 4 * 3600 + rng.uniform(0, 8 * 3600), rng.choice(clients),
                 f"2001:db8:2::{rng.randrange(40)}", up=(rng.randrange(400, 4000), 8))
            for _ in range(60)]
    beats = [MIDNIGHT - 4 * 3600 + 300 * n + rng.uniform(0, 6) for n in range(96) if n % 5 != 4]
    rows += [flow(ts, clients[2], "2001:db8:ffff::77", 8443, up=(312, 6), down=(180, 6))
             for ts in beats]
    case("beacon-over-midnight",
         "Every fifth beat is missing, the log is JSON, the hosts speak IPv6 and midnight passes: still a clock.",
         {"beacon": "edge"}, [("beacon", "medium", clients[2], "2001:db8:ffff::77")],
         conn=rows, as_json=True)


def dns_beacons():
    rng = random.Random(18)
    clients = [f"192.0.2.{n}" for n in range(20, 28)]

    def poll(client, name, gap, count, qtype="A", jitter=0.1, **more):
        return [ask(NINE + gap * (n + rng.uniform(-jitter, jitter)), client, name, qtype, **more)
                for n in range(count)]

    day = office(rng, clients, 8 * 3600)
    sleeps = [poll(clients[1], "orders.example.com", 60, 245, "TXT", answers=["ok"]),
              poll(clients[2], "a3f09c1b.example.info", 300, 96, answers=["0.0.0.0"])]
    case("dns-beacon-orders",
         "One client asks for the text of one name every minute, another for the address of one name every five minutes; nobody else knows the domains.",
         {"dns-beacon": "positive"},
         [("dns-beacon", "medium", clients[1], "example.com"), ("dns-beacon", "low", clients[2], "example.info")],
         dns=[row for row in day if not row["query"].endswith("example.com")] + sum(sleeps, []))
    case("dns-beacon-look-alikes",
         "Clocks that mean no harm: a page that every client keeps open, a check of a machine's own name, keys of a mail server, an internal domain, addresses turned round. No alert.",
         {"dns-beacon": "negative"},
         [("dns-beacon", "low", clients[3], "example.info"), ("dns-beacon", "low", clients[4], "example.biz")],
         dns=day + sum([poll(client, "live.example.net", 60, 240, answers=["198.51.100.14"])
                        for client in clients], [])
         + poll(clients[3], "home.example.info", 300, 96, answers=["198.51.100.7"])
         + poll(clients[4], "key._domainkey.example.biz", 120, 200, "TXT", answers=["v=DKIM1"])
         + poll(clients[5], "controller.office.internal", 60, 240, answers=["192.0.2.9"])
         + poll(clients[6], "9.2.0.192.in-addr.arpa", 60, 240))
    rare = [f"www.example.{tld}" for tld in ("info", "name")]
    case("dns-beacon-with-its-connections",
         "A client looks an address up before each of its connections, which keep time: one finding, of the connections. Where it never connects, the look-ups are the beacon.",
         {"dns-beacon": "edge", "beacon": "positive"},
         [("beacon", "medium", clients[0], "203.0.113.77"), ("dns-beacon", "info", clients[0], "example.info"),
          ("dns-beacon", "low", clients[1], "example.name")],
         dns=day + poll(clients[0], rare[0], 300, 96, jitter=0.02, answers=["203.0.113.77"])
         + poll(clients[1], rare[1], 300, 96, jitter=0.02, answers=["203.0.113.78"]),
         conn=[flow(NINE - 60, client, "198.51.100.10") for client in clients]
         + [flow(NINE + 300 * n + 20, clients[0], "203.0.113.77", 8443, up=(312, 6), down=(180, 6))
            for n in range(-1, 97)]
         + [flow(NINE + 300 * n + 20, clients[1], "198.51.100.14", 443, up=(rng.randrange(400, 9000), 6))
            for n in (-1, 7, 30, 31, 96)])
    case("dns-beacon-low-and-slow",
         "Eight queries over seven hours are a beat; seven are not, nor are 23 within an hour. Where another client asks too, nothing is told; 47 queries for text are low.",
         {"dns-beacon": "edge"},
         [("dns-beacon", "low", clients[0], "example.info"), ("dns-beacon", "low", clients[4], "example.biz")],
         dns=day + poll(clients[0], "www.example.info", 3600, 8, jitter=0.02)
         + poll(clients[1], "www.example.name", 3600, 7, jitter=0.02)
         + poll(clients[2], "www.example.pro", 120, 23)
         + poll(clients[3], "www.example.aero", 120, 100) + poll(clients[5], "www.example.aero", 120, 100)
         + poll(clients[4], "www.example.biz", 360, 47, "TXT", answers=["ok"]))


def rhythms():
    rng = random.Random(2)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    polls = [ask(NINE + 60 * n + rng.uniform(-3, 3), clients[1], "status.example.net",
                 answers=["198.51.100.14"]) for n in range(60)]
    case("rhythm-poll", "A client asks for one name every minute, give or take 3 s; others as people do.",
         {"rhythm": "positive"}, said={"rhythm": [f"{clients[1]} example.net: every 60 s"]},
         dns=[row for row in office(rng, clients, 3600, each=14)
              if row["id.orig_h"] != clients[1]] + polls)

    def visits(client, mean, count):
        ts, rows = NINE, []
        for _ in range(count):
            ts += rng.expovariate(1 / mean)
            rows += [ask(ts + at * 0.2, client, host, answers=["198.51.100.10"])
                     for at, host in enumerate(["www.example.com", "static.example.com"])]
        return rows

    case("rhythm-people",
         "People who open a page now and then: bursts of look-ups whose distance follows no rule.",
         {"rhythm": "negative"}, said={"rhythm": []},
         dns=visits(clients[0], 20, 60) + visits(clients[1], 90, 60) + visits(clients[2], 5, 60))
    beats = lambda client, times, name: [ask(ts, client, name, answers=["198.51.100.14"])
                                         for ts in times]
    slept, ts = [], NINE
    for n in range(97):
        slept.append(ts + rng.uniform(0, 0.5))
        ts += 12 if n < 48 else 47
    case("rhythm-eight-beats",
         "Eight beats are the fewest that have a period, seven have none; a sleep that changes from 12 s to 47 s half way has one.",
         {"rhythm": "edge"},
         said={"rhythm": [f"{clients[0]} example.com: every 100 s", f"{clients[2]} example.org: every 12 s"]},
         dns=beats(clients[0], [NINE + 100 * n for n in range(8)], "a.example.com")
         + beats(clients[1], [NINE + 100 * n for n in range(7)], "a.example.net")
         + beats(clients[2], slept, "a.example.org"))


# Behaviour.


def behaviours():
    rng = random.Random(3)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    ordinary = office(rng, clients, 3600)
    step = "other type, long, answered, at once"
    polled = names(clients[0], [f"{text(rng, 40, HEX)}.example.info" for _ in range(40)], gap=0.3,
                   answers=["TXT 24 " + "QUJDREVGR0hJSktMTU5PUFFS"])
    case("behaviour-stream", "Long TXT questions within a second of each other, where the others ask for addresses.",
         {"behaviour": "positive"}, [("dns-tunnel", "medium", clients[0], "example.info")],
         said={"behaviour": [f"{clients[0]} example.info: {step} | {step}"]}, dns=ordinary + polled)
    more = office(rng, clients[:1], 3600, each=60)
    case("behaviour-busy-client", "One client asks five times as often as the others, and for the same: no other sequence.",
         {"behaviour": "negative"}, said={"behaviour": []}, dns=ordinary + more)
    # Nine other DNS channels and ten other flow channels.
    nine = [row for at, client in enumerate(clients[1:4]) for host in
            ("www.example.com", "www.example.net", "www.example.org") for row in
            names(client, [host] * 5, "A", start=NINE + at, gap=30, answers=["198.51.100.10"])]
    flows = [flow(NINE + 20 * n, clients[1 + n % 2], f"203.0.113.{n % 10 // 2}") for n in range(50)]
    scans = [flow(NINE + 7 * n, clients[4], "203.0.113.99", service=None, duration=None, up=(0, 1),
                  down=(0, 1), history="Sr") for n in range(40)]
    case("behaviour-nine-others",
         "With nine other channels nothing is said, which dns.log has here; with ten it is, which conn.log has.",
         {"behaviour": "edge"}, [("dns-tunnel", "medium", clients[0], "example.info")],
         said={"behaviour": [f"{clients[4]} 203.0.113.99: client opens | peer resets"]},
         dns=nine + polled, conn=flows + scans)


# Answered and never connected.


def unconnected():
    a, b = "192.0.2.20", "192.0.2.21"
    seen = lambda client, *peers: [flow(NINE + 60 * n, client, peer) for n, peer in enumerate(peers)]
    four = [f"203.0.113.{n}" for n in range(1, 5)]
    given = lambda client, name, addresses, ts=NINE + 5, **more: [
        ask(ts + n, client, name, answers=[address], **more) for n, address in enumerate(addresses)]
    case("unconnected-both-ways",
         "One client is given four addresses and connects to none of them; another connects to addresses that no answer named.",
         {"unconnected": "positive"},
         said={"unconnected": [
             f"{a} example.net: The client was given 4 addresses for the domain and connected to none of them.",
             f"{b}: Of the 3 outside addresses that the client connected to, 2 were in no answer in these logs."]},
         dns=given(a, "c.example.net", four) + given(a, "www.example.com", ["198.51.100.1"], NINE - 5)
         + given(b, "www.example.com", ["198.51.100.1"]),
         conn=seen(a, "198.51.100.1", "198.51.100.1")
         + seen(b, "198.51.100.1", "198.51.100.2", "198.51.100.3"))
    case("unconnected-pages",
         "Each address is connected to once it was asked for, or one of several for the same name; a peer inside the site needs no name.",
         {"unconnected": "negative"}, said={"unconnected": []},
         dns=given(a, "www.example.net", four) + given(b, "www.example.com", ["198.51.100.1"]),
         conn=seen(a, four[2], "10.0.0.7", four[2]) + seen(b, "198.51.100.1", "198.51.100.1"))
    c, d = "2001:db8::c", "192.0.2.23"
    case("unconnected-samples",
         "Two addresses say nothing, a log of connections that begins late says nothing, and of forty addresses 32 are looked at.",
         {"unconnected": "edge"},
         said={"unconnected": [
             f"{c} example.org: The client was given at least 32 addresses for the domain and connected to none of them.",
             f"{d}: Of the 1 outside address that the client connected to, 1 was in no answer in these logs."]},
         dns=given(a, "c.example.net", four[:2]) + given(a, "www.example.com", ["198.51.100.1"])
         + given(c, "c.example.org", [f"2001:db8:7::{n:x}" for n in range(40)], qtype="AAAA")
         + given(d, "c.example.net", four, NINE - 60),
         conn=seen(a, "198.51.100.1", "198.51.100.1") + seen(c, "2001:db8:8::1", "2001:db8:8::1")
         + seen(d, "198.51.100.9", "198.51.100.9"))


def unconnected_names():
    rng = random.Random(20)
    clients = [f"192.0.2.{n}" for n in range(20, 27)]
    domains = [f"example.{tld}" for tld in ("com", "net", "org", "info", "name", "pro")]

    def visits(client, connects=True):
        """Six domains, asked for and connected to in the hours around."""
        dns = [ask(NINE - 600 + 9000 * n, client, f"www.{domain}", answers=[f"198.51.100.{10 + n}"])
               for n, domain in enumerate(domains)]
        peers = [f"198.51.100.{10 + n}" if connects else f"203.0.113.{10 + n}" for n in range(6)]
        return dns, [flow(row["ts"] + 1, client, peer) for row, peer in zip(dns, peers)]

    words = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit"]
    hosts = [f"{first}-{last}" for first in words for last in words + ["street", "bridge"]]
    rng.shuffle(hosts)

    def asks(client, domain, count, address):
        # By chance: a rhythm of new names is an alert of its own.
        times = sorted(rng.uniform(0, 36000) for _ in range(count))
        return [ask(NINE + ts, client, f"{host}.{domain}", answers=[address])
                for ts, host in zip(times, hosts)]

    seen = [visits(client, connects=client != clients[3]) for client in clients]
    dns, conn = (sum((of[at] for of in seen), []) for at in (0, 1))
    case("unconnected-hundred-names",
         "A hundred names of words are an alert where the client wants none of the addresses; 99 are not, nor where it connects to one, nor where the sensor sees its other connections as little, nor where three others ask.",
         {"dns-tunnel": "edge"},
         [("dns-tunnel", "medium", clients[0], "example.biz")],
         dns=dns + asks(clients[0], "example.biz", 100, "203.0.113.50")
         + asks(clients[1], "example.aero", 99, "203.0.113.51")
         + asks(clients[2], "example.coop", 100, "203.0.113.52")
         + asks(clients[3], "example.museum", 100, "203.0.113.53")
         + sum([asks(client, "example.jobs", 100, "203.0.113.54") for client in clients[3:]], []),
         conn=conn + [flow(NINE + 7000, clients[2], "203.0.113.52")])


def sites(clients):
    """Three domains for each client, asked for and connected to before and after the rest."""
    dns = [ask(NINE - 600 + 15000 * n, client, f"www.example.{tld}", answers=[f"198.51.100.{10 + n}"])
           for client in clients for n, tld in enumerate(("com", "net", "org"))]
    return dns, [flow(row["ts"] + 1, row["id.orig_h"], row["answers"][0]) for row in dns]


def unconnected_addresses():
    """Data that comes in written as addresses: ever others, all over."""
    rng = random.Random(41)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    dns, conn = sites(clients)
    anywhere = lambda: f"{rng.randrange(1, 224)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
    near = lambda: f"198.18.{rng.randrange(4)}.{rng.randrange(256)}"

    def given(client, domain, make, count=100):
        return [ask(NINE + 120 * n, client, f"{n % 3}.{domain}", answers=[make(), make()], ttl=1.0)
                for n in range(count)]

    case("unconnected-addresses",
         "A hundred questions for three names bring 200 addresses all over, and none of them is connected to.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "medium", clients[0], "example.biz")],
         dns=dns + given(clients[0], "example.biz", anywhere), conn=conn)
    pool = given(clients[1], "example.aero", anywhere)
    case("unconnected-address-pools",
         "The same is no alert where one in four of the addresses is connected to, where they lie in a few networks, where there are sixty of them, or where three others are given them too.",
         {"dns-tunnel": "edge"},
         dns=dns + pool + given(clients[2], "example.coop", near) + given(clients[3], "example.jobs", anywhere, 30)
         + sum([given(client, "example.museum", anywhere) for client in clients[2:]], []),
         conn=conn + [flow(row["ts"] + 1, clients[1], row["answers"][0]) for row in pool[::2]])


def harmless():
    """What looks like data and is none, and the same without what tells so."""
    rng = random.Random(42)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    address = lambda: [rng.randrange(1, 224), *(rng.randrange(256) for _ in range(3))]
    written = lambda parts, sign: sign.join(map(str, parts))

    def hosts(client, domain, front):
        some = [address() for _ in range(240)]
        return [ask(NINE + 100 * n, client, f"{front()}{written(parts, '-')}.compute.{domain}",
                    answers=[written(parts, ".")]) for n, parts in enumerate(some)]

    case("harmless-hosts", "Hosts' names with their addresses in them, asked for as a log server does.",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", clients[0], "example.net")],
         dns=office(rng, clients, 3600) + hosts(clients[0], "example.net", lambda: "ec2-"))
    case("harmless-hosts-with-tokens", "The same with eight other characters in front of each address.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "example.net")],
         dns=office(rng, clients, 3600) + hosts(clients[0], "example.net", lambda: text(rng, 8) + "-"))

    def numbers(client, each):
        return [ask(NINE + 100 * n, client, ".".join(text(rng, each, "0123456789") for _ in range(9)) + ".9.4.e164.arpa",
                    "NAPTR", rcode=3) for n in range(200)]

    case("harmless-telephone", "Two hundred telephone numbers are looked up (RFC 6116).",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", clients[0], "4.e164.arpa")], dns=office(rng, clients, 3600) + numbers(clients[0], 1))
    case("harmless-telephone-long", "The same with three digits a label, as no number is written.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "4.e164.arpa")],
         dns=office(rng, clients, 3600) + numbers(clients[0], 3))

    words = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit",
             "street", "bridge", "valley", "forest", "island", "museum", "kitchen", "library", "engine", "rocket"]
    others = [f"{first}{last}.{tld}" for first in words for last in words for tld in ("com", "net", "de")]
    rng.shuffle(others)

    def searched(client, also):
        some = [(n, f"www.{other}") for n, other in enumerate(others[:700])]
        rows = [ask(NINE + 40 * n, client, f"{other}.corp.example.com", rcode=3) for n, other in some]
        return rows + [ask(NINE + 40 * n + 0.1, client, other, answers=["203.0.113.9"]) for n, other in some if also]

    case("harmless-search-list", "Every name is first asked for with the site's own domain behind it, which does not exist.",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", clients[0], "example.com")],
         dns=office(rng, clients[1:], 3600) + searched(clients[0], True))
    case("harmless-search-list-alone", "The same, and the names in front are never asked for by themselves.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "example.com")],
         dns=office(rng, clients[1:], 3600) + searched(clients[0], False))

    dns, conn = sites(clients)

    def loaded(client, domain):
        return [ask(NINE + rng.uniform(0, 24000), client, f"{text(rng, 32, HEX)}-{text(rng, 16, HEX)}.{domain}",
                    answers=[f"203.0.113.{n % 8}"], ttl=60.0) for n in range(120)]

    visits = loaded(clients[0], "example.biz")
    visited = [flow(row["ts"] + 0.1, clients[0], row["answers"][0]) for row in visits]
    case("harmless-visited", "A hundred and twenty hashed hosts, each connected to once its address is known, as a measurement of pages does.",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", clients[0], "example.biz")], dns=dns + visits, conn=conn + visited)
    case("harmless-visited-seldom", "The same, and the eight addresses are connected to five times each, which is less than once for two names.",
         {"dns-tunnel": "edge"}, [("dns-tunnel", "critical", clients[0], "example.biz")],
         dns=dns + visits, conn=conn + visited[:40])


def unconnected_together():
    """Thirty names of words a client, under a domain that five of twelve clients ask for."""
    rng = random.Random(22)
    clients = [f"192.0.2.{n}" for n in range(20, 32)]
    domains = [f"example.{tld}" for tld in ("com", "net", "org")]

    def visits(client):
        dns = [ask(NINE - 600 + 9000 * n, client, f"www.{domain}", answers=[f"198.51.100.{10 + n}"])
               for n, domain in enumerate(domains)]
        return dns, [flow(row["ts"] + 1, client, row["answers"][0]) for row in dns]

    seen = [visits(client) for client in clients]
    dns, conn = (sum((of[at] for of in seen), []) for at in (0, 1))
    words = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit",
             "street", "bridge", "valley", "forest", "island"]
    hosts = [f"{first}-{last}" for first in words for last in words]
    rng.shuffle(hosts)

    def asks(some, domain, each, address, shared=False):
        return [ask(NINE + 60 * n + 7 * at, client, f"{hosts[n if shared else at * each + n]}.{domain}",
                    answers=[address]) for at, client in enumerate(some) for n in range(each)]

    five = clients[:5]
    case("unconnected-shared-out",
         "Five clients of twelve ask for thirty names each, every name asked for by one of them alone, and none connects to the address.",
         {"dns-tunnel": "positive"},
         [("dns-tunnel", "medium", client, "example.biz") for client in five],
         dns=dns + asks(five, "example.biz", 30, "203.0.113.50"), conn=conn)
    case("unconnected-services",
         "The same is no alert where all ask for the same names, where one of the five connects, where seven of the twelve ask, or where it is nineteen names each.",
         {"dns-tunnel": "edge"},
         dns=dns + asks(five, "example.aero", 30, "203.0.113.51", shared=True)
         + asks(five, "example.coop", 30, "203.0.113.52") + asks(clients[:7], "example.jobs", 30, "203.0.113.53")
         + asks(five, "example.museum", 19, "203.0.113.54"),
         conn=conn + [flow(NINE + 700, clients[2], "203.0.113.52")])


# Names that carry bytes, where they hide.


def hidden():
    rng = random.Random(24)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    hosts = ["www", "mail", "static", "api", "login"]

    def visits(client, domain, count, gap=20.0):
        return [ask(NINE + gap * n + rng.uniform(0, 9), client, f"{rng.choice(hosts)}.{domain}",
                    answers=["198.51.100.20"]) for n in range(count)]

    def pieces(client, domain, count, times=1, length=48):
        some = [f"{text(rng, length, BASE32)}.{domain}" for _ in range(count)]
        return names(client, some * times, "A", start=NINE + 5, gap=400.0 / times, answers=["198.51.100.21"])

    shared = office(rng, clients, 7200)
    case("dns-tunnel-among-visits",
         "Thirty names in base32 among six hundred questions for the usual hosts of the same domain: by the means of all of them an ordinary domain.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "example.coop")],
         dns=shared + visits(clients[0], "example.coop", 600) + pieces(clients[0], "example.coop", 30))
    case("dns-tunnel-hashed-hosts",
         "Thirty hosts with hashes for names that a client comes back to all day are a service's machines.",
         {"dns-tunnel": "negative"},
         dns=shared + visits(clients[1], "example.aero", 300) + pieces(clients[1], "example.aero", 30, times=8))
    case("dns-tunnel-nineteen-hidden",
         "Nineteen such names are too few to be judged by themselves.",
         {"dns-tunnel": "edge"},
         dns=shared + visits(clients[0], "example.coop", 600) + pieces(clients[0], "example.coop", 19))


def many_domains():
    rng = random.Random(25)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    firsts = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit"]
    lasts = ["street", "master", "number", "school", "leader"]
    pairs = [first + last for first in firsts for last in lasts]
    rng.shuffle(pairs)

    def spread(client, domains, each, tld, make=lambda: text(rng, 40, BASE32), gap=15.0, times=1):
        pool = [f"{pair}.{tld}" for pair in pairs[:domains]]
        some = [f"{make()}.{domain}" for _ in range(each) for domain in pool]
        return names(client, some * times, "A", gap=gap, answers=["203.0.113.77"])

    shared = office(rng, clients, 3600)
    case("many-domains-pool",
         "Four names in base32 under each of fifty domains, no domain with enough to be judged.",
         {"many-domains": "positive"}, [("many-domains", "medium", clients[0])],
         dns=shared + spread(clients[0], 50, 4, "com"))
    words = lambda: rng.choice(["www", "img", "static", "cdn-2", "login", "news", "shop-assets", "api"])
    case("many-domains-visits",
         "Fifty domains that nobody else asks for, with a few ordinary hosts each, a hashed one under each of twelve, and hashed names under thirty domains that five clients ask for.",
         {"many-domains": "negative"},
         dns=shared + spread(clients[1], 50, 4, "net", words) + spread(clients[1], 12, 1, "org")
         + sum((spread(client, 30, 4, "info") for client in clients[:5]), []))
    challenges = [(f"_acme-challenge.{pair}.net", "TXT") for pair in pairs] * 3
    case("many-domains-one-name",
         "The same name that looks like an encoding under a hundred and fifty domains, as who checks certificates asks: it says nothing.",
         {"many-domains": "negative"},
         dns=shared + [ask(NINE + 20 * n, clients[0], name.replace(".net", f".{tld}"), qtype)
                       for tld in ("net", "com", "org") for n, (name, qtype) in enumerate(challenges[:50])])
    case("many-domains-thresholds",
         "On both sides: nineteen domains and twenty, 59 names and sixty, names that are asked for three times and four.",
         {"many-domains": "edge"},
         [("many-domains", "medium", clients[1]), ("many-domains", "medium", clients[3])],
         dns=shared + spread(clients[0], 19, 6, "com") + spread(clients[1], 20, 3, "net")
         + spread(clients[2], 20, 3, "org")[:59] + spread(clients[3], 25, 4, "biz", times=3, gap=5.0)
         + spread(clients[4], 25, 4, "info", times=4, gap=5.0))


# The answer meter.


def answer_meter():
    rng = random.Random(23)
    clients = [f"192.0.2.{n}" for n in range(20, 30)]
    string = lambda length: f"TXT {length} " + text(rng, length)
    office_rows = office(rng, clients, 3600)

    def fetched(client, domain, count, length, qtype="TXT", start=NINE, gap=2.0, hosts=None):
        """Questions that are each answered with other text of so many bytes, as Zeek writes it."""
        return [ask(start + gap * n, client, f"{hosts[n % len(hosts)] if hosts else n}.{domain}", qtype,
                    answers=[string(length - 4 - len(str(length)) - 1)], ttl=0.0) for n in range(count)]

    pointers = [ask(NINE + 5 * n, clients[0], f"{n}.example.coop", "PTR", ttl=0.0,
                    answers=[".".join(text(rng, 50, BASE32) for _ in range(4)) + ".example.coop"]) for n in range(40)]
    case("answer-meter-pointers",
         "Forty PTR look-ups of numbers, which are no addresses turned round, each given a host's name of 200 other characters.",
         {"answer-meter": "positive"}, [("dns-tunnel", "medium", clients[0], "example.coop")],
         said={"answer-meter": [f"{clients[0]} example.coop: 10 kB"]}, dns=office_rows + pointers)
    case("answer-meter-pieces",
         "Thirty pieces of a file, each the text for a number; and orders for one name that is asked for again and again; and the same from a domain whose pages four others visit. In the names is nothing.",
         {"answer-meter": "positive", "dns-tunnel": "positive"},
         [("dns-tunnel", "medium", clients[0], "example.coop"), ("dns-tunnel", "medium", clients[1], "example.aero"),
          ("dns-tunnel", "medium", clients[2], "example.jobs")],
         said={"answer-meter": [f"{clients[0]} example.coop: 7 kB", f"{clients[1]} example.aero: 5 kB",
                               f"{clients[2]} example.jobs: 7 kB"]},
         dns=office_rows + fetched(clients[0], "example.coop", 30, 230)
         + fetched(clients[1], "example.aero", 30, 170, gap=40.0, hosts=["a"])
         + fetched(clients[2], "example.jobs", 30, 230)
         + [ask(NINE + 90 * n, client, "www.example.jobs", answers=["198.51.100.30"])
            for client in clients[3:7] for n in range(5)])
    policy = [string(120) for _ in range(40)]
    spread = lambda n: f"198.51.{rng.randrange(100, 110)}.{n % 250}"
    visits = [ask(NINE + 9 * n, clients[1], f"r{n % 60}---edge-{n % 60:02x}.example.museum",
                  answers=[f"r{n % 60}.edge-{n % 60:02x}.example.museum", spread(n)]) for n in range(240)]
    asked = [f"{rng.randrange(1, 223)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}.list.example.biz"
             for _ in range(100)]
    case("answer-meter-services",
         "A long policy asked for sixty times is there once; hundreds of addresses and hosts' names of a content network are an evening's videos; a domain that four clients ask for is a service; the text of a block list says why.",
         {"answer-meter": "negative"}, said={"answer-meter": []},
         dns=office_rows + visits
         + [ask(NINE + 50 * n, clients[0], "example.name", "TXT", answers=policy) for n in range(60)]
         + sum((fetched(client, "example.pro", 30, 200) for client in clients[2:6]), [])
         + [ask(NINE + 20 * n, clients[6], name, "TXT", answers=[string(60)]) for n, name in enumerate(asked)])
    case("answer-meter-thresholds",
         "24 different texts of 171 bytes are 4,104 and an alert; 24 of 170 are not, nor 23 of 200, nor 4.8 kB in two days. Of names that are given, four times as much is let pass where half of the questions ask for addresses; where one fewer does, not.",
         {"answer-meter": "edge"},
         [("dns-tunnel", "medium", clients[0], "example.coop"), ("dns-tunnel", "medium", clients[5], "example.jobs")],
         said={"answer-meter": [f"{clients[0]} example.coop: 4 kB", f"{clients[5]} example.jobs: 6 kB"]},
         dns=office_rows + fetched(clients[0], "example.coop", 24, 171) + fetched(clients[1], "example.aero", 24, 170)
         + fetched(clients[2], "example.name", 23, 200)
         + fetched(clients[3], "example.museum", 24, 200, start=MIDNIGHT - 1200, gap=100)
         + fetched(clients[4], "example.pro", 24, 250, "CNAME")
         + [ask(NINE + n, clients[4], "www.example.pro", answers=["198.51.100.7"]) for n in range(24)]
         + fetched(clients[5], "example.jobs", 24, 250, "CNAME")
         + [ask(NINE + n, clients[5], "www.example.jobs", answers=["198.51.100.7"]) for n in range(23)])


# The leak meter.


def leak_two_days():
    rng = random.Random(4)
    clients = [f"192.0.2.{n}" for n in range(20, 24)]
    hosts = lambda count, domain: [f"{text(rng, 40, HEX)}.{domain}" for _ in range(count)]
    split = names(clients[0], hosts(300, "example.com"), "A", start=MIDNIGHT - 1500, gap=10)
    few = names(clients[1], hosts(230, "example.net"), "A", gap=10)
    many = names(clients[2], hosts(230, "example.org"), "A", gap=10)
    others = [ask(NINE + n, client, "www." + domain) for n, (client, domain) in enumerate(
        [(clients[0], "example.net"), (clients[2], "example.net")]
        + [(client, "example.org") for client in (clients[0], clients[1], clients[3])])]
    case("leak-two-days",
         "6 kB of names in two days are 3 kB a day and within the policy; 4.8 kB in one day are above it where two others ask for the domain, and let pass by it where three do.",
         {"leak": "edge"},
         [("dns-tunnel", "medium", client, domain) for client, domain in
          zip(clients, ("example.com", "example.net", "example.org"))],
         said={"leak": [f"{clients[1]} example.net: 4.8 kB"]}, dns=split + few + many + others)


# Notes on the log.


# Resolvers and mail servers.

def messages(rng, server, senders, count, seconds=28800.0, lists=(), resolver=RESOLVER):
    """What a mail server asks for so many messages; `lists` make of a message's number a name that is asked for, too."""
    rows = []
    for number in range(count):
        ts, sender = NINE + rng.uniform(0, seconds), senders[number % len(senders)]
        origin = [198, 51, rng.randrange(256), rng.randrange(256)]
        back = ".".join(str(part) for part in reversed(origin))
        more = {"server": resolver}
        rows += [ask(ts, server, f"{back}.in-addr.arpa", rcode=3, **more),
                 ask(ts + 0.1, server, f"{back}.zen.example.info", rcode=3, **more),
                 ask(ts + 0.2, server, sender, qtype="TXT", answers=["v=spf1 -all"], **more),
                 ask(ts + 0.3, server, f"s1._domainkey.{sender}", qtype="TXT", answers=["v=DKIM1; p=MIGf"], **more),
                 ask(ts + 0.4, server, f"_dmarc.{sender}", qtype="TXT", answers=["v=DMARC1; p=none"], **more),
                 ask(ts + 0.5, server, f"mx1.{sender}", answers=[".".join(map(str, origin))], **more)]
        rows += [ask(ts + 0.6, server, of(number), rcode=3, **more) for of in lists]
    return rows


def baselines():
    rng = random.Random(23)
    a, b = "192.0.2.25", "192.0.2.26"
    clients = [f"192.0.2.{n}" for n in range(40, 46)]
    senders = lambda kind, count: [f"{kind}{n}.com" for n in range(count)]
    hashes = lambda domain: lambda number: f"{text(rng, 32, HEX)}.{domain}"
    sites = lambda domain: lambda number: f"www.{text(rng, 9, 'abcdefghijklmnoprstu')}-shop.com.{domain}"
    case("baseline-mail-lists",
         "A mail server asks lists of hashes and of sites about each message, and is answered that there is no such name: no alert.",
         {"baseline": "positive", "dns-tunnel": "negative"},
         [("dns-tunnel", "low", a, "example.biz")],
         said={"baseline": [f"{a}: mail server, its own 28 domains", f"{a} example.biz: in step", f"{a} example.pro: in step",
                            f"{a} example.info: in step"]},
         dns=office(rng, clients, 28800) + messages(rng, a, senders("sender", 25), 250,
                                                    lists=[hashes("ebl.example.biz"), sites("uri.example.pro")]))
    tunnel = [ask(NINE + 40 * n + rng.uniform(-9, 9), a, f"{text(rng, 32, HEX)}.t.example.biz", answers=["127.0.0.1"])
              for n in range(600)]
    spoken = names(a, [f"{text(rng, 28, HEX)}.t.example.org" for _ in range(120)], gap=150.0, answers=["aGVsbG8gd29ybGQ="])
    case("baseline-mail-tunnel",
         "A mail server is asked to carry a file out in names that look like a list's, and another tunnel speaks in TXT as its mail does: neither is in step with messages.",
         {"baseline": "positive", "dns-tunnel": "positive"},
         [("dns-tunnel", "critical", a, "example.biz"), ("dns-tunnel", "critical", a, "example.org")],
         said={"baseline": [f"{a}: mail server, its own 28 domains", f"{a} example.info: in step"]},
         dns=office(rng, clients, 28800) + messages(rng, a, senders("sender", 25), 150) + tunnel + spoken)

    first, second = messages(rng, a, senders("sender", 18), 100), messages(rng, b, senders("other", 17), 100)
    stray = lambda rows, domain, share: [
        ask(row["ts"] + (0.5 if n % 20 < share else 20.0), row["id.orig_h"], f"{text(rng, 12, HEX)}.{domain}", rcode=3)
        for n, row in enumerate(row for row in rows if row["query"].endswith("in-addr.arpa"))]
    case("baseline-thresholds",
         "Twenty domains are a baseline of its own, nineteen are not, and hosts alike lend theirs; 18 rows of 20 in step are in step, 17 are not.",
         {"baseline": "edge"},
         said={"baseline": [f"{a}: mail server, its own 20 domains", f"{b}: mail server, 39 domains of hosts like it",
                            f"{a} example.net: in step", f"{a} example.info: in step", f"{b} example.info: in step"]},
         dns=office(rng, clients, 28800) + first + second + stray(first, "list.example.net", 18) + stray(second, "list.example.org", 17))
    case("baseline-workstations",
         "A workstation that asks for thirty domains, and who asks for one sender's policy, have no baseline of their own.",
         {"baseline": "negative"}, said={"baseline": []},
         dns=office(rng, clients, 28800) + messages(rng, b, ["sender0.com"], 4)
         + [ask(NINE + 60 * n, clients[0], f"h{n % 5}.site{n // 10}.com", answers=["198.51.100.7"]) for n in range(300)])
    resolver, servers = "192.0.2.1", [f"203.0.113.{n}" for n in range(30)]
    visits = [ask(NINE + rng.uniform(0, 28800), resolver, f"{host}.site{site}.com", answers=[f"198.51.100.{site}"],
                  server=servers[site % 30])
              for site in range(60) for host in ("www", "static", "img", "api") for _ in range(3)]
    behind = names(resolver, [f"{text(rng, 30, BASE32)}.t.example.org" for _ in range(200)], gap=60.0, server=servers[0],
                   answers=["aGVsbG8gd29ybGQ="])
    orders = [ask(NINE + 60 * n + rng.uniform(-5, 5), resolver, "a3f09c1b.example.net", qtype="TXT", server=servers[1],
                  answers=["aGVsbG8="]) for n in range(400)]
    case("baseline-resolver-tunnel",
         "The sensor stands behind a resolver: the tunnel is found against what is usual for it, and a poll for text is told.",
         {"baseline": "positive", "dns-tunnel": "positive", "dns-beacon": "positive"},
         [("dns-tunnel", "critical", resolver, "example.org"), ("dns-beacon", "low", resolver, "example.net")],
         said={"baseline": [f"{resolver}: resolver, its own 61 domains"]},
         dns=visits + behind + orders)


def clocks():
    """A day of ten clients, and what one of them keeps up with addresses that nobody else connects to."""
    rng = random.Random(27)
    clients = [f"192.0.2.{n}" for n in range(20, 30)]
    sites = [f"198.51.100.{n}" for n in range(10, 22)]
    asked = [ask(NINE + 10 * at, client, f"www.site{at}.com", answers=[site]) for client in clients
             for at, site in enumerate(sites)]
    visits = [flow(NINE + 60 + rng.uniform(0, 86000), client, site, up=(rng.randrange(400, 6000), 9))
              for client in clients for site in sites for _ in range(4)]
    peer = "203.0.113.77"

    def beats(times, peers=(peer,), **more):
        return [flow(NINE + 200 + ts, clients[1], rng.choice(peers), **{"up": (620, 7), "down": (1450, 7), **more})
                for ts in times]

    def every(sleep, count, jitter):
        ts = 0.0
        for _ in range(count):
            yield ts
            ts += sleep * (1 - rng.uniform(0, jitter))

    by_chance = lambda count: sorted(rng.uniform(0, 80000) for _ in range(count))
    case("beacon-steady", "A sleep of two minutes of which up to half is left out at random: no beat, and no pause all day.",
         {"beacon": "positive"}, [("beacon", "medium", clients[1], peer)],
         conn=visits + beats(every(120, 800, 0.5)))
    case("beacon-held-open", "The same connections, each held open until the next, as one waits for news: no alert.",
         {"beacon": "negative"}, [("beacon", "low", clients[1], peer)],
         conn=visits + beats(every(120, 800, 0.5), duration=80.0))
    turns = [f"203.0.113.{n}" for n in range(60, 66)]
    case("beacon-rotation", "One clock that goes round six addresses of a network, to each too seldom for a beat.",
         {"beacon": "positive"}, [("beacon", "medium", clients[1], turns[2])],
         conn=visits + beats(every(300, 200, 0.1), turns))
    case("beacon-rotation-by-chance", "As many connections to the same six addresses, whenever somebody wants a page.",
         {"beacon": "negative"}, [], conn=visits + beats(by_chance(200), turns))
    fixed = {"shell": "203.0.113.78", "upload": "203.0.113.79"}
    hourly = (beats(every(3600, 24, 0.05))
              + beats([7000], [fixed["shell"]], port=4444, service=None, duration=7200.0, up=(240_000, 900), down=(6000, 800))
              + beats([9000], [fixed["upload"]], duration=300.0, up=(60_000_000, 42_000), down=(90_000, 20_000)))
    peers = [peer, fixed["shell"], fixed["upload"]]
    case("beacon-fixed-address",
         "Addresses that no answer gave, where most others were given: one is connected to every hour, one shell gives for two hours, 60 MB go to one.",
         {"beacon": "positive", "long-connection": "positive", "upload": "positive"},
         [(kind, "medium", clients[1], peer) for kind, peer in zip(("beacon", "long-connection", "upload"), peers)],
         dns=asked, conn=visits + hourly)
    case("beacon-given-address", "The same, where names were asked for that have these addresses: no alert.",
         {"beacon": "negative", "long-connection": "negative", "upload": "negative"},
         [("beacon", "low", clients[1], peers[0]), ("long-connection", "info", clients[1], peers[1]), ("upload", "info", clients[1], peers[2])],
         dns=asked + [ask(NINE + 100, clients[1], f"host{at}.example.net", answers=[peer]) for at, peer in enumerate(peers)],
         conn=visits + hourly)
    held = [(59, []), (61, ["info"]), (239, ["info"]), (241, ["low"])]
    given = [(49, 4, []), (51, 6, []), (51, 5, ["info"]), (501, 40, ["low"])]
    at = [f"198.51.100.{n}" for n in range(201, 209)]
    case("beacon-held-and-given-thresholds",
         "Connections of a minute less and more than one hour and four; just less and more than 50 MB up, than ten times what comes down, than 500 MB.",
         {"long-connection": "edge", "upload": "edge"},
         [("long-connection", level, clients[1], peer) for peer, (_, told) in zip(at, held) for level in told]
         + [("upload", level, clients[1], peer) for peer, (*_, told) in zip(at[4:], given) for level in told],
         conn=visits
         + sum((beats([300], [peer], duration=60.0 * minutes) for peer, (minutes, _) in zip(at, held)), [])
         + sum((beats([900], [peer], duration=300.0, up=(up * 10**6, 42_000), down=(down * 10**6, 20_000))
                for peer, (up, down, _) in zip(at[4:], given)), []))


def asked_by_many():
    """Ten hours of a resolver that goes round the servers of the world, with the same tokens asked for by many, by a clock, and in sessions."""
    rng = random.Random(28)
    resolver, server = "192.0.2.1", "203.0.113.53"
    rows = [ask(NINE + rng.uniform(0, 36000), resolver, f"{host}.site{site}.com", answers=[f"198.51.100.{site}"],
                server=f"203.0.113.{site % 30}")
            for site in range(60) for host in ("www", "static", "img", "api") for _ in range(3)]

    def tokens(domain, times):
        return [ask(NINE + 200 + ts, resolver, f"{text(rng, 32, BASE32)}.{domain}", rcode=3, server=server)
                for ts in times]

    by_chance = sorted(rng.uniform(0, 35000) for _ in range(600))
    sessions = [at * 7000 + 0.7 * n for at in range(5) for n in range(120)]
    case("harmless-asked-by-many",
         "A reputation service is asked by many through a resolver, each for itself: no alert.",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", resolver, "example.net")],
         dns=rows + tokens("example.net", by_chance))
    case("harmless-asked-in-sessions",
         "The same names and as many, in five sessions, and by a clock with jitter: neither is what many do.",
         {"dns-tunnel": "positive"},
         [("dns-tunnel", "critical", resolver, "example.org"), ("dns-tunnel", "critical", resolver, "example.info")],
         dns=rows + tokens("example.org", sessions)
         + tokens("example.info", [58 * n + rng.uniform(0, 29) for n in range(600)]))


def behind_resolver():
    """Fourteen hours of a resolver; of each domain of ours, what one machine or many have it ask."""
    rng = random.Random(26)
    resolver, servers = "192.0.2.1", [f"203.0.113.{n}" for n in range(30)]
    visits = [ask(NINE + rng.uniform(0, 50400), resolver, f"{host}.site{site}.com", answers=[f"198.51.100.{site}"],
                  server=servers[site % 30])
              for site in range(60) for host in ("www", "static", "img", "api") for _ in range(3)]

    def asked(domain, count, hosts=None, by_chance=False):
        """One machine's, seven minutes apart and a third of that more or less; or many machines', by chance."""
        times = sorted(rng.uniform(0, 48000) for _ in range(count)) if by_chance else [
            420 * n + rng.uniform(-140, 140) for n in range(count)]
        return [ask(NINE + 200 + ts, resolver, f"{hosts[n % len(hosts)] if hosts else text(rng, 6)}.{domain}",
                    server=servers[0], answers=["198.51.100.99"]) for n, ts in enumerate(times)]

    case("dns-beacon-behind-resolver",
         "A resolver is had to ask for a new name every seven minutes, all day, as no service does; 95 times is too seldom, a machine's ten hosts in turn are nothing, nor is what many machines ask for by chance.",
         {"dns-beacon": "edge"}, [("dns-beacon", "low", resolver, "example.net")],
         dns=visits + asked("example.net", 112) + asked("example.org", 95)
         + asked("example.info", 112, hosts=[f"h{n}" for n in range(10)]) + asked("example.biz", 112, by_chance=True))


def new_domains():
    rng = random.Random(24)
    clients = [f"192.0.2.{n}" for n in range(20, 32)]
    day = 86400.0
    usual = lambda days: office(rng, clients, days * day, each=int(12 * days))
    once = lambda ts, client, name: ask(NINE + ts, client, name, answers=["198.51.100.77"])
    case("new-domains-last-day",
         "Three days: on the last one client asks for a domain again and again, and another for one once.",
         {"new-domains": "positive"},
         said={"new-domains": ["example.info: 1 client, 40 queries", "example.biz: 1 client, 1 query"]},
         dns=usual(3) + [once(2.5 * day + 60 * n, clients[0], f"h{n % 4}.example.info") for n in range(40)]
         + [once(2.7 * day, clients[1], "www.example.biz")])
    case("new-domains-known",
         "What was asked for on the first day, what many ask for, what is the site's own, and addresses turned round: none is new.",
         {"new-domains": "negative"}, said={"new-domains": []},
         dns=usual(3) + [once(0.5 * day, clients[2], "www.example.biz"), once(2.7 * day, clients[0], "www.example.biz"),
                         once(2.7 * day, clients[0], "new.lan"), once(2.7 * day, clients[0], "9.2.0.192.in-addr.arpa")]
         + [once(2.7 * day + n, client, "www.example.info") for n, client in enumerate(clients[:6])])
    hours = [once(7200.0 * n / 10, clients[n % 12], "www.example.com") for n in range(11)]
    case("new-domains-two-hours",
         "Two hours are just enough: a domain of the second is new, one of the last moment of the first is not.",
         {"new-domains": "edge"}, said={"new-domains": ["example.biz: 1 client, 1 query"]},
         dns=hours + [once(3600.0, clients[0], "www.example.biz"), once(3599.0, clients[0], "www.example.info")])


def log_notes():
    rng = random.Random(5)
    inner = "192.0.2.1"
    hosts = ["www.example.com", "www.example.net", "www.example.org"]
    of = lambda client, count, servers, gap=20.0: [
        ask(NINE + gap * n, client, hosts[n % 3], server=servers[n % len(servers)],
            answers=["198.51.100.9"]) for n in range(count)]
    many = [f"203.0.113.{n}" for n in range(12)]
    case("log-notes-resolver", "The sensor stands behind the resolver: one host asks twelve servers.",
         {"log-notes": "positive"}, said={"log-notes": ["resolver-only"]}, dns=of(inner, 120, many))
    case("log-notes-one-client", "One client asks one server a hundred times, and nobody else asks.",
         {"log-notes": "positive"}, said={"log-notes": ["one-client"]},
         dns=of("192.0.2.20", 100, [inner]))
    minutes = lambda all_minutes: [ask(NINE + 60 * n + rng.uniform(0, 50), f"192.0.2.{20 + n % 4}",
                                       hosts[n % 3], answers=["198.51.100.9"]) for n in all_minutes]
    case("log-notes-gap", "A record each minute for five hours, and none for ninety minutes of them.",
         {"log-notes": "positive"}, said={"log-notes": ["clock-gap"]},
         dns=minutes([*range(150), *range(240, 300)]))
    case("log-notes-two-clients", "Two clients, one of whom asks nine times of ten, without a pause.",
         {"log-notes": "negative"}, said={"log-notes": []},
         dns=of("192.0.2.20", 180, [inner]) + of("192.0.2.21", 20, [inner], 180.0))
    case("log-notes-99-questions",
         "One client with 99 questions, one too few to say so; and a pause of 50 minutes, too short to be named.",
         {"log-notes": "edge"}, said={"log-notes": []},
         dns=[ask(NINE + 120 * n + (3000 if n > 50 else 0), "192.0.2.20", hosts[n % 3])
              for n in range(99)])


# Payloads.


def payloads():
    rng = random.Random(6)
    client = "192.0.2.20"
    packed = gzip.compress(text(rng, 900).encode(), mtime=0)
    pieces = [packed[at:at + 25].hex() for at in range(0, len(packed), 25)]
    case("payload-gzip", "A gzip file in hexadecimal, with a running number behind each piece.",
         {"payload": "positive"}, [("dns-tunnel", "medium", client, "example.com")],
         said={"payload": [f"{client} example.com: hex, gzip"]},
         dns=names(client, [f"{piece}.{at}.t.example.com" for at, piece in enumerate(pieces)]))
    words = ["www", "mail", "static", "images", "login", "shop", "news", "support", "docs", "api"]
    case("payload-hosts", "Hosts with names in words, some of them with numbers: nothing is carried.",
         {"payload": "negative"}, said={"payload": []},
         dns=names(client, [f"{word}.example.com" for word in words]
                   + [f"{word}-{n}.eu.example.net" for n, word in enumerate(words)], "A", gap=40,
                   answers=["198.51.100.9"]))
    digits = base64.b64encode(bytes(rng.randrange(256) for _ in range(600))).decode().lower()
    lost = [digits[at:at + 30] for at in range(0, len(digits), 30)]
    turned = [f"{at}.{encoded(piece, BASE32)}.example.net" for at, piece in
              enumerate(packed[at:at + 25] for at in range(0, len(packed), 25))][::-1]
    case("payload-out-of-order",
         "Numbered pieces that were asked for from the last to the first are put in order; base 64 that a log has in lower case is named, and no bytes are made up.",
         {"payload": "edge"},
         [("dns-tunnel", "medium", client, "example.net"), ("dns-tunnel", "medium", "192.0.2.21", "example.org")],
         said={"payload": [f"{client} example.net: base32, gzip",
                           "192.0.2.21 example.org: base64 in lower case, no known format"]},
         dns=names(client, turned) + names("192.0.2.21", [f"{piece}.example.org" for piece in lost]))


# Tunnels by model.


def eight_queries():
    rng = random.Random(7)
    a, b = "2001:db8:1::a", "2001:db8:1::b"
    of = lambda client, count, domain: names(
        client, [f"{text(rng, 60, HEX)}.{text(rng, 60, HEX)}.{domain}" for _ in range(count)],
        gap=0.4, answers=["TXT 40 " + text(rng, 40, HEX)])
    case("dns-tunnel-eight-queries",
         "Eight queries are the fewest that the model's score makes an alert; of seven like them only a line is told.",
         {"dns-tunnel": "edge"},
         [("dns-tunnel", "low", a, "example.com"), ("dns-tunnel", "critical", b, "example.net")],
         dns=of(a, 7, "example.com") + of(b, 8, "example.net"))


def flow_tunnel_twenty():
    sent = lambda client, packets: [lookups(NINE + n, client, "203.0.113.53", duration=60.0, up=(
        packets // 2 * 220, packets // 2), down=(packets - packets // 2) * 400 and (
        (packets - packets // 2) * 400, packets - packets // 2)) for n in range(1)]
    case("flow-tunnel-twenty-packets",
         "Twenty packets are the fewest that are judged: of nineteen like them nothing is told.",
         {"flow-tunnel": "edge"}, [("flow-tunnel", "high", "2001:db8:1::b", "203.0.113.53")],
         conn=sent("2001:db8:1::a", 19) + sent("2001:db8:1::b", 20))


# Flows by rule.


def not_dns_edges():
    raw = lambda client, up, down, service=None, rows=1: [
        lookups(NINE + 60 * n, client, "203.0.113.65", service=service, duration=9.0, up=up, down=down)
        for n in range(rows)]
    c = [f"192.0.2.{n}" for n in range(20, 28)]
    case("not-dns-thresholds",
         "On both sides of each threshold: ten packets, 4 kB, 1 kB of another protocol; IPv6; and two that also exchange DNS.",
         {"not-dns": "edge"},
         [("not-dns", "medium", c[1], "203.0.113.65"), ("not-dns", "medium", c[3], "203.0.113.65"),
          ("not-dns", "medium", "2001:db8:1::a", "2001:db8:2::65"),
          ("not-dns", "info", c[5], "203.0.113.65"), ("flow-tunnel", "high", c[5], "203.0.113.65")],
         conn=raw(c[0], (4000, 5), (4000, 4)) + raw(c[1], (2000, 5), (2000, 5))
         + raw(c[2], (2000, 5), (1999, 5)) + raw(c[3], (500, 5), (500, 5), "ssh")
         + raw(c[4], (500, 5), (499, 5), "ssh") + raw(c[5], (3000, 8), (3000, 8), rows=3)
         + [lookups(NINE + n, c[5], "203.0.113.65", up=(40, 1), down=(80, 1)) for n in range(5)]
         + [lookups(NINE, c[6], "203.0.113.53", up=(40, 1), down=(80, 1)),
            lookups(NINE, "2001:db8:1::a", "2001:db8:2::65", service=None, up=(3000, 9), down=(3000, 9))])
    case("not-dns-analyser-off",
         "Zeek recognised web pages and no DNS anywhere: its silence about a heavy flow on port 53 says less. No alert.",
         {"not-dns": "edge"}, [("not-dns", "low", c[0], "203.0.113.65")],
         conn=raw(c[0], (200_000, 900), (300_000, 900)) + [flow(NINE, c[1], "198.51.100.9")])


def icmp_edges():
    def pings(client, peer, up, down, kind=(8, 0)):
        return flow(NINE, client, peer, kind[1], "icmp", None, 60.0, up, down, None, orig_port=kind[0])

    c = [f"192.0.2.{n}" for n in range(20, 28)]
    case("icmp-tunnel-thresholds",
         "On both sides of each threshold: twenty packets each way, 10 kB that are no echo, one answer in ten lost; IPv6.",
         {"icmp-tunnel": "edge"},
         [("icmp-tunnel", "medium", c[1], "203.0.113.65"), ("icmp-tunnel", "low", c[2], "203.0.113.65"),
          ("icmp-tunnel", "low", c[3], "203.0.113.65"), ("icmp-tunnel", "high", c[4], "203.0.113.65"),
          ("icmp-tunnel", "medium", "2001:db8:1::a", "2001:db8:2::65")],
         conn=[pings(c[0], "203.0.113.65", (1900, 19), (11_500, 19)),
               pings(c[1], "203.0.113.65", (2000, 20), (12_000, 20)),
               pings(c[2], "203.0.113.65", (2000, 20), (11_980, 20)),
               pings(c[3], "203.0.113.65", (300_000, 1000), (899 * 1300, 899)),
               pings(c[4], "203.0.113.65", (300_000, 1000), (900 * 1400, 900)),
               pings("2001:db8:1::a", "2001:db8:2::65", (2000, 20), (12_000, 20), (128, 129))])


def icmp_orders():
    def pings(client, up, down):
        return flow(NINE, client, "203.0.113.65", 0, "icmp", None, 1800.0, up, down, None, orig_port=8)

    client = "192.0.2.20"
    case("icmp-tunnel-orders",
         "A shell in pings that are mostly empty: each is answered, and what goes up does not come back.",
         {"icmp-tunnel": "positive"}, [("icmp-tunnel", "medium", client, "203.0.113.65")],
         conn=[pings(client, (48_000, 9000), (1_200, 9000))])
    case("icmp-tunnel-lost", "As many pings of which most of the large ones are lost, as a slow line loses them.",
         {"icmp-tunnel": "negative"}, [], conn=[pings(client, (48_000, 900), (16_000, 700))])


def heavy_edges():
    c = [f"192.0.2.{n}" for n in range(20, 30)]
    peers = [f"203.0.113.{n}" for n in range(20, 30)]

    def long(at, seconds, packets, each):
        half = packets // 2
        return lookups(NINE + at, c[at], peers[at], duration=seconds, up=(half * each, half),
                       down=((packets - half) * 90, packets - half))

    case("heavy-dns-thresholds",
         "On both sides of each threshold: 45 s and 100 packets, 500 packets and 80 bytes a packet, 2,000 packets and 120 bytes.",
         {"heavy-dns": "edge"},
         [("flow-tunnel", "medium", c[0], peers[0]), ("flow-tunnel", "medium", c[1], peers[1]),
          ("heavy-dns", "info", c[2], peers[2]), ("heavy-dns", "info", c[3], peers[3]),
          ("heavy-dns", "info", c[4], peers[4]), ("heavy-dns", "low", c[5], peers[5]),
          ("heavy-dns", "low", c[6], peers[6]), ("heavy-dns", "medium", c[7], peers[7])],
         conn=[long(0, 45.0, 400, 80), long(1, 46.0, 100, 80), long(2, 46.0, 101, 80),
               long(3, 46.0, 498, 80), long(4, 46.0, 500, 79), long(5, 46.0, 500, 80),
               long(6, 46.0, 1998, 120), long(7, 46.0, 2000, 120)])


def foreign_edges():
    rng = random.Random(8)
    c = [f"192.0.2.{n}" for n in range(20, 31)]
    own = ["203.0.113.65", "203.0.113.66", "203.0.113.67", "203.0.113.68", "203.0.113.69", "2001:db8:2::53"]
    domains = ["example.net", "example.org", "example.com"]
    ordinary = office(rng, c, 3600, each=60)
    count = (4, 5, 49, 50, 51, 50)
    asked = [ask(NINE + 30 * n, c[at], f"h{n % 3}." + domains[n % 3 if at == 4 else 0], server=server,
                 answers=["198.51.100.9"]) for at, server in enumerate(own) for n in range(count[at])]
    case("foreign-resolver-thresholds",
         "On both sides of each threshold: five questions, fifty questions, two domains; a server with an IPv6 address.",
         {"foreign-resolver": "edge"},
         [("foreign-resolver", "info", c[1], own[1]), ("foreign-resolver", "info", c[2], own[2]),
          ("foreign-resolver", "low", c[3], own[3]), ("foreign-resolver", "info", c[4], own[4]),
          ("foreign-resolver", "low", c[5], own[5])], dns=ordinary + asked)


def encrypted_edges():
    c = [f"192.0.2.{n}" for n in range(20, 27)]
    case("encrypted-dns-shapes",
         "DNS over QUIC and over HTTPS to IPv6 addresses, and TLS to a server on no list, are told; one that does not answer, one inside the site and an address beside the list are not.",
         {"encrypted-dns": "edge"},
         [("encrypted-dns", "info", "2001:db8:1::a", "2620:fe::fe"),
          ("encrypted-dns", "info", "2001:db8:1::b", "2001:4860:4860::8888"),
          ("encrypted-dns", "info", c[0], "203.0.113.9")],
         conn=[flow(NINE, "2001:db8:1::a", "2620:fe::fe", 853, "udp", "quic"),
               flow(NINE, "2001:db8:1::b", "2001:4860:4860::8888"),
               flow(NINE, c[0], "203.0.113.9", 853),
               flow(NINE, c[1], "203.0.113.9", 853, service=None, up=(0, 3), down=(0, 0), history="S"),
               flow(NINE, c[2], "10.0.0.1", 853, local=True),
               flow(NINE, c[3], "203.0.113.10")])


def encrypted_much():
    c = [f"192.0.2.{n}" for n in range(20, 27)]
    visits = [flow(NINE, client, "198.51.100.10") for client in c]
    case("encrypted-dns-tunnel",
         "An hour of TLS to a public resolver carries as much up as the questions of ten machines on a day.",
         {"encrypted-dns": "positive"}, [("encrypted-dns", "medium", c[0], "1.1.1.1")],
         conn=visits + [flow(NINE, c[0], "1.1.1.1", duration=3600.0, up=(4_100_000, 14_000), down=(6_000_000, 14_000))])
    case("encrypted-dns-busy",
         "A browser that asks in TLS all day; and over two days, as much as would be too much for one.",
         {"encrypted-dns": "negative"},
         [("encrypted-dns", "info", c[0], "1.1.1.1"), ("encrypted-dns", "info", c[1], "1.1.1.1")],
         conn=visits + [flow(NINE, c[0], "1.1.1.1", duration=25000.0, up=(900_000, 9000), down=(2_400_000, 9500))]
         + [flow(NINE + 172_800 * at, c[1], "1.1.1.1", duration=600.0, up=(2_050_000, 9000), down=(4_000_000, 9500))
            for at in (0, 1)])


def flux_edges():
    c = [f"192.0.2.{n}" for n in range(20, 40)]
    rows = []

    def flux(at, domain, networks, ttl=60.0, others=0):
        # Networks that are nobody's: 240.0.0.0/4 is reserved (RFC 1112).
        for n in range(networks):
            rows.append(ask(NINE + 70 * n, c[at], f"www.{domain}", ttl=ttl, answers=[f"240.{n}.7.{at}"]))
        for n in range(others):
            rows.append(ask(NINE + n, c[10 + n], f"www.{domain}", ttl=ttl, answers=[f"240.1.7.{at}"]))

    flux(0, "example.com", 9)
    flux(1, "example.net", 10, ttl=300.0, others=2)
    flux(2, "example.org", 10, ttl=301.0)
    flux(3, "example.info", 10, others=3)
    flux(4, "example.biz", 23)
    flux(5, "example.name", 24)
    case("fast-flux-thresholds",
         "On both sides of each threshold: ten networks, 300 s, two other clients; low from 24 networks.",
         {"fast-flux": "edge"},
         [("fast-flux", "info", c[1], "example.net"), ("fast-flux", "info", c[4], "example.biz"),
          ("fast-flux", "low", c[5], "example.name")], dns=rows)


# Generated domains.


def missed(client, domains, gap=20.0, start=NINE):
    return names(client, domains, "A", start=start, gap=gap, rcode=3)


def dga_edges():
    rng = random.Random(9)
    drawn = lambda count: [text(rng, 14, "bcdfghjklmnpqrstvwxzqxjkz") + ".com" for _ in range(count)]
    c = [f"192.0.2.{n}" for n in range(20, 26)]
    mail = [ask(NINE + n, c[4], f"exchange{n}.example.{tld}", "MX") for n, tld in
            enumerate(["com", "net", "org", "info", "biz"])]
    case("dga-thresholds",
         "On both sides of each threshold: ten domains, twenty, ten within an hour; a mail server; a domain that exists after all.",
         {"dga": "edge"},
         [("dga", "low", c[1]), ("dga", "low", c[2]), ("dga", "medium", c[3]), ("dga", "low", c[4])],
         dns=missed(c[0], drawn(9)) + missed(c[1], drawn(10)) + missed(c[2], drawn(20), gap=450.0)
         + missed(c[3], drawn(20)) + mail + missed(c[4], drawn(20))
         + [row for at, domain in enumerate(drawn(10)) for row in
            [ask(NINE + 20 * at, c[5], domain, rcode=3), ask(NINE + 20 * at + 9, c[5], domain, rcode=0,
                                                             answers=["198.51.100.9"])][:1 + (at == 0)]])


def dga_words():
    rng = random.Random(19)
    firsts = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit"]
    lasts = ["street", "master", "number", "school", "leader", "doctor", "kitchen", "station", "bridge", "corner"]
    pairs = [first + last for first in firsts for last in lasts]
    rng.shuffle(pairs)
    bare = lambda count: [f"{pair}.{rng.choice(['com', 'net', 'biz'])}" for pair in pairs[:count]]
    c = [f"192.0.2.{n}" for n in range(20, 32)]
    case("dga-words", "A client that tries domains of two words within a quarter of an hour, none of which exists.",
         {"dga": "positive"}, [("dga", "medium", c[1])],
         dns=office(rng, c[:6], 1800) + missed(c[1], bare(70), gap=12.0))
    ads = [f"ads.{pair}.com" for pair in pairs[:35]]
    dead = [row for at, name in enumerate(bare(30)) for row in
            [ask(NINE + 60 * at, c[2], name, rcode=3),
             *[ask(NINE + 60 * at + 5 * n, c[2], f"{pairs[30 + (2 * at + n) % 70]}.org", answers=["198.51.100.9"])
               for n in range(2)]]]
    filtered = [row for client in c[:8] for row in missed(client, [f"{pair}.info" for pair in pairs[:60]], gap=30.0)]
    case("dga-filtered",
         "Advertising that a filter answers with NXDOMAIN, domains that it answers so for every client, a crawler that meets a dead domain for every two alive: no finding.",
         {"dga": "negative"}, [], dns=missed(c[1], ads, gap=10.0) + dead + filtered)
    case("dga-storm-thresholds",
         "On both sides: 19 and 20, 49 and 50 missing domains within an hour, fifty over two; half of the new ones missing, and fewer.",
         {"dga": "edge"},
         [("dga", "low", c[1]), ("dga", "low", c[2]), ("dga", "medium", c[3]), ("dga", "low", c[4]),
          ("dga", "low", c[5])],
         dns=missed(c[0], [f"{pair}.eu" for pair in pairs[:19]]) + missed(c[1], [f"{pair}.org" for pair in pairs[:20]])
         + missed(c[2], [f"{pair}.us" for pair in pairs[:49]]) + missed(c[3], [f"{pair}.in" for pair in pairs[:50]])
         + missed(c[4], [f"{pair}.me" for pair in pairs[:50]], gap=150.0)
         + missed(c[5], [f"{pair}.tv" for pair in pairs[:25]])
         + names(c[5], [f"{pair}.tv" for pair in pairs[25:50]], "A", gap=20.0, answers=["198.51.100.9"])
         + missed(c[6], [f"{pair}.cc" for pair in pairs[:25]])
         + names(c[6], [f"{pair}.cc" for pair in pairs[25:51]], "A", gap=19.0, answers=["198.51.100.9"]))


# Fingerprints.


def fingerprint(name, about, tool, kind, channels, findings=(), proofs=(), qtype="TXT", **more):
    """`channels`: names, each list from a client of its own."""
    rows = [row for at, all_names in enumerate(channels)
            for row in names(f"192.0.2.{20 + at}", all_names, qtype, gap=9.0, **more)]
    stated = [("dns-tunnel", severity, f"192.0.2.{20 + at}", domain) for severity, at, domain in findings]
    case("fingerprint-" + name, about, {tool: kind}, stated, proofs=proofs, dns=rows)


def iodine():
    ping = lambda number: "p" + encoded([0, 7, number >> 8 & 255, number & 255], IODINE)
    words = ["video", "login", "zone", "paraguay", "pakistan", "panamera", "vacation", "service",
             "raaaabcdefgh", "zaaaa-la-carte", "0archive", "1drive"]
    fingerprint("iodine-words", "Hosts whose names begin with iodine's commands: no rule matches.",
                "iodine", "negative", [[f"{word}.example.com" for word in words]], qtype="A",
                answers=["198.51.100.9"])
    shuffled = [7, 40_000, 9_000, 61_000, 30_000]
    fingerprint("iodine-pings",
                "Without a handshake: six pings that count up are proof, also in capitals; five whose counter jumps are a layout; three are nothing.",
                "iodine", "edge",
                [[f"{ping(3 * n).upper()}.Example.COM" for n in range(1, 7)],
                 [f"{ping(n)}.example.net" for n in shuffled], [f"{ping(n)}.example.org" for n in range(3)]],
                [("critical", 0, "example.com"), ("medium", 1, "example.net")],
                [("example.com", "iodine", 0.9), ("example.net", "iodine", 0.6)], qtype="NULL")


def dnscat2():
    rng = random.Random(10)
    packet = lambda session="c0b0": text(rng, 4, HEX) + "01" + session + text(rng, 24, HEX)
    hashes = [f"{text(rng, 40, HEX)}.example.com" for _ in range(80)]
    counters = [f"{n:06x}01c0b0{n:020x}.example.net" for n in range(80)]
    fingerprint("dnscat2-hashes", "An antivirus that asks for hashes, and a counter in hexadecimal where the session would stand: no rule matches.",
                "dnscat2", "negative", [hashes, counters], qtype="A", answers=["127.0.0.2"])
    fingerprint("dnscat2-three-packets",
                "Three packets of one session among four names are proof, written in either case; two are not.",
                "dnscat2", "edge",
                [[packet().upper() + ".example.com", packet() + ".example.com", packet() + ".example.com",
                  packet("1234") + ".example.com"],
                 [packet() + ".example.net", packet() + ".example.net", packet("1234") + ".example.net",
                  packet("4321") + ".example.net"]],
                [("critical", 0, "example.com")], [("example.com", "dnscat2", 0.9)])


def dns2tcp():
    rng = random.Random(11)
    other = [f"{text(rng, 30)}.example.com" for _ in range(60)]
    fingerprint("dns2tcp-tokens", "Tokens of thirty letters and digits, as a verification service asks for, with one answer for all: no rule matches.",
                "dns2tcp", "negative", [other], qtype="A", answers=["127.0.0.2"])
    empty = lambda: "q+" + text(rng, 6) + "ba"
    full = lambda: "q+" + text(rng, 6) + "cc" + text(rng, 30)
    of = lambda domain, empties, fulls: [
        f"{make()}.{domain}" for make in [empty] * empties + [full] * fulls]
    fingerprint("dns2tcp-eight-messages",
                "Eight messages of a session of which three are empty are proof without a command; seven, or two empty ones, are not.",
                "dns2tcp", "edge",
                [of("example.com", 3, 5), of("example.net", 3, 4), of("example.org", 2, 6)],
                [("critical", 0, "example.com"), ("medium", 2, "example.org")], [("example.com", "dns2tcp", 0.9)])


def ozymandns():
    fingerprint("ozymandns-words", "Hosts named up and down, places and identifiers, none of them in the tool's order: no rule matches.",
                "ozymandns", "negative",
                [["id-5512.down.example.com", "a-b.id-7.up.example.com", "1-2.id-x.up.example.com",
                  "scale.up.example.com", "10-2.down.id-77.example.com", "up.example.com"]], qtype="A",
                answers=["198.51.100.9"])
    down = lambda n, domain: f"{n * 7919 % 60_000}-{n}.id-5512.down.{domain}"
    fingerprint("ozymandns-three-names", "Three names with place, session and direction among four are proof; two are not.",
                "ozymandns", "edge",
                [[down(n, "example.com") for n in range(3)] + ["www.example.com"],
                 [down(n, "example.net") for n in range(2)] + ["www.example.net", "ftp.example.net"]],
                [("critical", 0, "example.com")], [("example.com", "ozymandns", 0.9)])


def exfiltrator():
    rng = random.Random(12)
    fingerprint("dnsexfiltrator-pools", "Numbered servers of a pool, and numbers in front of hashes that do not run on: no rule matches.",
                "dnsexfiltrator", "negative",
                [[f"{n}.europe-west.pool.example.com" for n in range(40)],
                 [f"{rng.randrange(100_000)}.{text(rng, 32, HEX)}.example.net" for _ in range(40)]],
                qtype="A", answers=["127.0.0.2"])
    pieces = lambda count, domain: [f"{n}.{text(rng, 63)}.{text(rng, 50)}.{domain}" for n in range(count)]
    announced = encoded(b"a report.zip|4", BASE32)
    fingerprint("dnsexfiltrator-sixteen-pieces",
                "Sixteen numbered pieces without their beginning are an alert; of fifteen the rule says nothing; with the beginning four are proof.",
                "dnsexfiltrator", "edge",
                [pieces(16, "example.com"), pieces(15, "example.net"),
                 [f"init.{announced}.example.org"] + pieces(4, "example.org")],
                [("medium", 0, "example.com"), ("medium", 1, "example.net"), ("critical", 2, "example.org")],
                [("example.com", "numbered-pieces", 0.6), ("example.org", "dnsexfiltrator", 0.9)])


def cobalt_strike():
    fingerprint("cobalt-strike-stages", "Hosts of a stage, of an interface and of a content network, with build numbers in hexadecimal: no rule matches.",
                "cobalt-strike", "negative",
                [["api.stage.example.com", "web.stage.eu.example.com", "www.stage.us.example.com",
                  "cdn.stage.example.com", "api.v2.example.com", "cdn.1a2b3c.assets.example.com",
                  "post.example.com", "www6.example.com"]], qtype="A", answers=["198.51.100.9"])
    session = "19997cf2"
    fetch = lambda n, domain: f"{('api', 'cdn', 'www6')[n % 3]}.{n:x}0a7f3b21.{session}.{domain}"
    fingerprint("cobalt-strike-posts",
                "Two posts among four names of a session are proof; eight that only fetch, and the session alone, are a habit; seven are nothing.",
                "cobalt-strike", "edge",
                [[f"{session}.example.com", fetch(1, "example.com"),
                  f"post.140.10a7f3b22.{session}.example.com",
                  f"post.2deadbeef.cafe0001.20a7f3b22.{session}.example.com"],
                 [f"{session}.example.net"] + [fetch(n, "example.net") for n in range(8)],
                 [f"{session}.example.org"] + [fetch(n, "example.org") for n in range(7)]],
                [("critical", 0, "example.com"), ("medium", 1, "example.net"), ("medium", 2, "example.org")],
                [("example.com", "cobalt-strike", 0.9), ("example.net", "cobalt-strike", 0.4)], qtype="A",
                answers=["0.0.0.0"])
    few = lambda domain: [f"{session}.{domain}"] * 9 + [fetch(n, domain) for n in range(3)]
    rows = lambda client, domain, orders: [
        ask(NINE + 60 * n, client, name, answers=["0.0.0.246" if orders and n == 8 else "0.0.0.0"], ttl=1.0)
        for n, name in enumerate(few(domain))]
    case("fingerprint-cobalt-strike-orders",
         "A session that is asked for alone, answered 0.0.0.0 and once 0.0.0.246, and three names that fetch: orders. The same names, all answered 0.0.0.0 as by a filter, are none.",
         {"dns-tunnel": "edge"}, [("dns-tunnel", "high", "192.0.2.20", "example.com")],
         proofs=[("example.com", "cobalt-strike", 0.8)],
         dns=rows("192.0.2.20", "example.com", True) + rows("192.0.2.21", "example.net", False))


def sliver():
    rng = random.Random(13)

    def message():
        data = bytes(rng.randrange(256) for _ in range(10))
        return encoded(bytes([8, 3, 16, 128 | rng.randrange(128), rng.randrange(128), 32, 10, 50, 10]) + data,
                       SLIVER)

    fingerprint("sliver-session", "An implant of Sliver that sends and polls: its messages in its base 32.",
                "sliver", "positive", [[f"{message()}.example.com" for _ in range(20)]],
                [("critical", 0, "example.com")], [("example.com", "sliver", 0.9)])
    other = random.Random(43)

    def in_base58():
        data = bytes([8, 3, 16, 128 | other.randrange(128), other.randrange(1, 128), 32, 40, 50, 40])
        number = int.from_bytes(data + bytes(other.randrange(256) for _ in range(40)), "big")
        digits = ""
        while number:
            number, digit = divmod(number, 58)
            digits = BASE58[digit] + digits
        return digits[:60] + "." + digits[60:] if len(digits) > 60 else digits

    written = [f"{in_base58()}.example.com" for _ in range(20)]
    fingerprint("sliver-base58", "The same in base 58, which it takes where names keep their case; in lower case nothing can be read, and the names alone are left.",
                "sliver", "edge", [written, [name.lower().replace(".com", ".net") for name in written]],
                [("critical", 0, "example.com"), ("critical", 1, "example.net")], [("example.com", "sliver", 0.9)])
    random_names = [f"b{text(rng, 30, SLIVER)}.example.com" for _ in range(60)]
    fingerprint("sliver-tokens", "Random names in Sliver's own alphabet that are no messages, answered as a reputation service does: no rule matches.",
                "sliver", "negative", [random_names], qtype="A", answers=["127.0.0.2"])
    fingerprint("sliver-six-messages",
                "Six messages of ten names are proof, in either case; five are not.", "sliver", "edge",
                [[f"{message().upper()}.Example.Com" for _ in range(6)]
                 + [f"host{n}.example.com" for n in range(4)],
                 [f"{message()}.example.net" for _ in range(5)]],
                [("critical", 0, "example.com")], [("example.com", "sliver", 0.9)])


def dnscapy():
    rng = random.Random(14)
    data = lambda n, domain: f"{text(rng, 63)}.{text(rng, 20)}.{n}.f.1.{rng.randrange(65_536)}.{domain}"
    poll = lambda domain: f"c.1.{rng.randrange(65_536)}.{domain}"
    give = lambda n, domain: f"{n}.d.1.{rng.randrange(65_536)}.{domain}"
    done = lambda domain: f"d.e.1.{rng.randrange(65_536)}.{domain}"
    zone = "t.example.com"
    fingerprint("dnscapy-session", "DNScapy on one connection: it asks, is given pieces, and sends.",
                "dnscapy", "positive",
                [[name for n in range(5) for name in (poll(zone), give(n, zone), done(zone), data(n, zone))]],
                [("critical", 0, "example.com")], [("example.com", "dnscapy", 0.9)])
    fingerprint("dnscapy-numbers", "Hosts of one letter with numbers: one kind of message and no data. No rule matches.",
                "dnscapy", "negative", [[f"c.1.{n}.example.com" for n in range(30)]], qtype="A",
                answers=["198.51.100.9"])
    short = lambda domain, count: ([poll(domain) for _ in range(count - 3)]
                                   + [give(1, domain), give(2, domain), done(domain)])
    fingerprint("dnscapy-eight-messages",
                "Eight messages of a connection with data in four are proof; eight of three kinds without data are a layout; seven are nothing.",
                "dnscapy", "edge",
                [[poll("example.com") for _ in range(4)] + [data(n, "example.com") for n in range(4)],
                 short("example.net", 8), short("example.org", 7)],
                [("critical", 0, "example.com"), ("medium", 1, "example.net")],
                [("example.com", "dnscapy", 0.9), ("example.net", "dnscapy", 0.6)])


def dnstt():
    rng = random.Random(16)
    drawn = lambda count: bytes(rng.randrange(256) for _ in range(count))

    def message(client, packet, domain):
        padding = 3 if packet else 8
        data = client + bytes([224 + padding]) + drawn(padding)
        data += bytes([packet]) + drawn(packet) if packet else b""
        written = encoded(data, BASE32)
        return ".".join([written[at:at + 63] for at in range(0, len(written), 63)] + [domain])

    def session(lengths, domain):
        client = drawn(8)
        return [message(client, packet, domain) for packet in lengths]

    zone = "t.example.com"
    fingerprint("dnstt-session", "dnstt on one connection: it polls, and sends packets of many lengths.",
                "dnstt", "positive", [session([48, 112, 24, 0, 0, 36, 0, 0, 90, 0] * 3, zone)],
                [("critical", 0, "example.com")], [("example.com", "dnstt", 0.9)])
    constant = text(rng, 13, BASE32)
    fingerprint("dnstt-tokens", "Random base 32 behind a constant, answered as a reputation service does: no rule matches.",
                "dnstt", "negative", [[f"{constant}{text(rng, 47, BASE32)}.example.com" for _ in range(60)]],
                qtype="A", answers=["127.0.0.2"])
    fingerprint("dnstt-polls",
                "Eight messages with three packets are proof, also in capitals; sixteen polls are a layout; seven messages are nothing.",
                "dnstt", "edge",
                [[name.upper() for name in session([48, 24, 0, 0, 0, 24, 0, 0], "example.com")],
                 session([0] * 16, "example.net"), session([48, 24, 0, 0, 0, 24, 0], "example.org")],
                [("critical", 0, "example.com"), ("medium", 1, "example.net")],
                [("example.com", "dnstt", 0.9), ("example.net", "dnstt", 0.6)])


def dnsteal():
    rng = random.Random(17)

    def file(size, name, pieces=4):
        written = base64.b64encode(bytes(rng.randrange(256) for _ in range(size))).decode().replace("+", "*")
        labels = [written[at:at + 57] + "-" for at in range(0, len(written), 57)]
        return [".".join(labels[at:at + pieces] + [name]) for at in range(0, len(labels), pieces)]

    fingerprint("dnsteal-file", "A file leaves in the loop of a shell: four pieces of base 64 a name, and the file's name for a domain.",
                "dnsteal", "positive", [file(4000, "report.txt")],
                [("critical", 0, "report.txt")], [("report.txt", "dnsteal", 0.9)], qtype="A",
                answers=["198.51.100.9"])
    fingerprint("dnsteal-hyphens", "Hosts with a hyphen at the end of a short label, and in the midst of another: no rule matches.",
                "dnsteal", "negative",
                [[f"node{n}-.example.com" for n in range(20)]
                 + [f"build-{n}-nightly.example.com" for n in range(20)]],
                qtype="A", answers=["198.51.100.9"])
    fingerprint("dnsteal-two-files", "Two files at once, one without a dot in its name; a third of three names alone is nothing.",
                "dnsteal", "edge", [file(900, "passwd") + file(900, "hosts"), file(500, "small.txt")],
                [("critical", 0, ".")], [(".", "dnsteal", 0.9)], qtype="A", answers=["198.51.100.9"])


def nameless():
    rng = random.Random(15)
    direct = [f"dnscat.{text(rng, 34, HEX)}" for _ in range(6)]
    coded = lambda count: [f"{text(rng, 40, HEX)}.{text(rng, 30, HEX)}" for _ in range(count)]
    fingerprint("nameless-direct", "One client speaks to its server directly in names that begin with dnscat., another in coded names; none has a domain.",
                "nameless", "positive", [direct, coded(20)],
                [("medium", 0, "."), ("low", 1, ".")], [(".", "dnscat-direct", 0.6), (".", "nameless", 0.4)])
    local = ["wpad", "printer", "isatap", "_ldap._tcp", "_kerberos._udp", "nas", "intranet", "fileserver",
             "desktop-7c2f19ab", "living-room-television-of-the-office"]
    fingerprint("nameless-local", "Names of the site without their search suffix: no rule matches.",
                "nameless", "negative", [local], rcode=3, qtype="A")
    fingerprint("nameless-sixteen", "Sixteen coded names without a domain are told by the rule; of fifteen it says nothing.",
                "nameless", "edge", [coded(16), coded(15)],
                [("medium", 0, "."), ("medium", 1, ".")], [(".", "nameless", 0.4)])


def both_addresses():
    """Names that a program asks for through its system: each as A and as AAAA."""
    rng = random.Random(51)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    shared = office(rng, clients, 7200)
    words = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit"]

    def twice(client, some, gap, **more):
        return [ask(NINE + gap * n + 0.01 * at, client, name, qtype, **more)
                for n, name in enumerate(some) for at, qtype in enumerate(("A", "AAAA"))]

    pieces = [f"{text(rng, 32, BASE32)}.example.coop" for _ in range(40)]
    case("dns-tunnel-both-addresses",
         "Forty names of data, each asked for as A and as AAAA as a system does: half of the rows bring no new name.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "example.coop")],
         dns=shared + twice(clients[0], pieces, 1.0, rcode=3))
    hosts = [f"{first}-{last}.example.aero" for first in words for last in words[:4]]
    case("dns-tunnel-both-addresses-of-hosts",
         "Forty hosts with two words for a name, asked for in the same way.",
         {"dns-tunnel": "negative"},
         dns=shared + twice(clients[1], hosts, 40.0, answers=["198.51.100.21"]))


def numbered():
    """Numbers in names: what keeps a cache from answering, and data that looks so."""
    rng = random.Random(52)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    shared = office(rng, clients, 7200)
    counters = [f"7f3ac09d-{n:05}-{int(NINE) + 60 * n}.probe.example.coop" for n in range(200)]
    case("harmless-counters", "A counter and the time in each name, as measurements write them: an alert, and none of the first ones to look at.",
         {"dns-tunnel": "edge"}, [("dns-tunnel", "medium", clients[0], "example.coop")],
         dns=shared + names(clients[0], counters, "A", gap=60.0 + 0.37, answers=["198.51.100.21"]))
    beside = [f"7f3ac09d-{n:05}-{text(rng, 10, '0123456789')}.probe.example.coop" for n in range(200)]
    case("harmless-counters-with-data", "The same with ten digits of data where the time was.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "example.coop")],
         dns=shared + names(clients[0], beside, "A", gap=60.0 + 0.37, answers=["198.51.100.21"]))
    hashes = lambda domain: [f"{text(rng, 40, HEX)}.{domain}" for _ in range(60)]
    case("harmless-verdicts-all-alike",
         "Sixty names of data that are all answered 127.0.0.1, which says the same of everything; beside it a list that tells hashes apart.",
         {"dns-tunnel": "edge"},
         [("dns-tunnel", "critical", clients[0], "example.coop"), ("dns-tunnel", "low", clients[1], "example.aero")],
         dns=shared + names(clients[0], hashes("example.coop"), "A", gap=9.0, answers=["127.0.0.1"])
         + [ask(NINE + 9 * n, clients[1], name, answers=[f"127.0.0.{rng.choice((2, 4, 10))}"])
            for n, name in enumerate(hashes("example.aero"))])


def few_and_long():
    rng = random.Random(53)
    a, b = "2001:db8:1::a", "2001:db8:1::b"
    of = lambda client, length, domain: names(
        client, [".".join(text(rng, 60, HEX) for _ in range(length)) + f".{domain}" for _ in range(5)], "A", gap=0.4, rcode=3)
    case("dns-tunnel-beyond-digests",
         "Five names of 180 hexadecimal digits carry more than any digest has: medium. Five of 120 may be look-ups of digests.",
         {"dns-tunnel": "edge"},
         [("dns-tunnel", "medium", a, "example.com"), ("dns-tunnel", "low", b, "example.net")],
         dns=of(a, 3, "example.com") + of(b, 2, "example.net"))


def reverse_names():
    rng = random.Random(54)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    shared = office(rng, clients, 7200)
    nibbles = lambda: ".".join(text(rng, 24, HEX)) + ".8.b.d.0.1.0.0.2.ip6.arpa"
    case("dns-tunnel-reverse-names",
         "Names of addresses of one network, drawn at random, whose text is asked for and given.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "2.ip6.arpa")],
         dns=shared + [ask(NINE + 20 * n, clients[0], nibbles(), "TXT", answers=["TXT 40 " + text(rng, 40, HEX)])
                       for n in range(60)])
    case("dns-tunnel-reverse-hosts", "The same names asked for their hosts, as a log server does; none is known.",
         {"dns-tunnel": "negative"}, dns=shared + [ask(NINE + 20 * n, clients[0], nibbles(), "PTR", rcode=3) for n in range(60)])


def together():
    """Tunnels that several addresses share."""
    rng = random.Random(61)
    clients = [f"192.0.2.{n}" for n in range(20, 50)]
    shared = office(rng, clients, 7200)
    pieces = lambda count, domain: [f"{text(rng, 40, BASE32)}.{domain}" for _ in range(count)]
    share = lambda some, each, domain, **more: [
        ask(NINE + 300 * n + 7 * at, client, name, **more)
        for at, client in enumerate(some) for n, name in enumerate(pieces(each, domain))]
    case("together-clients", "Eight machines of thirty ask for three names of data each under one domain: too few to be judged, and one alert together.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "medium", clients[7], "example.coop")],
         dns=shared + share(clients[:8], 3, "example.coop", rcode=3))
    hosts = pieces(30, "example.aero")
    visited = [(NINE + 60 * n, clients[n % 6], f"198.51.100.{60 + n % 6}") for n in range(24)]
    case("together-services",
         "Of thirty machines twelve ask for three such names each; eight share a quarter of 25; and six connect to what they are answered: services.",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", clients[11], "example.coop")],
         dns=shared + share(clients[:12], 3, "example.coop", rcode=3)
         + [ask(NINE + 60 * n + at, client, hosts[3 * at + n], answers=["198.51.100.40"])
            for at, client in enumerate(clients[:8]) for n in range(4)]
         + [ask(at, client, pieces(1, "example.jobs")[0], answers=[peer]) for at, client, peer in visited],
         conn=[flow(at + 0.2, client, peer) for at, client, peer in visited])
    address = lambda n: f"2001:db8:10:20:{n + 1:x}a3:{n * n % 251 + 1:x}4f:fe{n:02x}:1"
    days = [ask(NINE + 300 * n, address(n // 2), name, rcode=3) for n, name in enumerate(pieces(40, "example.museum"))]
    turns = [ask(NINE + 300 * n, address(40 + n % 20), name, rcode=3) for n, name in enumerate(pieces(40, "example.jobs"))]
    case("together-one-machine",
         "A machine that takes another address of IPv6 every ten minutes and asks for two names of data under each: critical, as if it had one. As many machines in turn are medium.",
         {"dns-tunnel": "edge"},
         [("dns-tunnel", "critical", max(map(address, range(20))), "example.museum"),
          ("dns-tunnel", "medium", max(map(address, range(40, 60))), "example.jobs")],
         dns=office(rng, [*clients, *(f"2001:db8:10:20::{n:x}" for n in range(1, 40))], 7200) + days + turns)


def tried_and_inside():
    """Names that do not exist, and names of hosts inside."""
    rng = random.Random(62)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    shared = office(rng, clients, 7200)
    words = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit",
             "street", "master", "number", "school", "leader", "bridge", "forest", "signal", "studio", "museum"]
    tried = [f"{a}{b}.example.coop" for a in words for b in words if a != b]
    rng.shuffle(tried)
    case("harmless-tried-words", "Who tries which of 380 names of words a domain has: an alert, and none of the first ones to look at.",
         {"dns-tunnel": "edge"}, [("dns-tunnel", "medium", clients[0], "example.coop")],
         dns=shared + names(clients[0], tried, "A", gap=0.05, rcode=3))
    data = [f"{text(rng, 32, HEX)}.example.coop" for _ in range(200)]
    case("harmless-tried-data", "Two hundred names of data that do not exist, asked for as fast.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "example.coop")],
         dns=shared + names(clients[0], data, "A", gap=0.05, rcode=3))
    nodes = lambda domain: [ask(NINE + 40 * n, clients[0], f"pool-{text(rng, 8, HEX)}-{text(rng, 4)}.{domain}",
                                answers=[f"10.{n % 4}.{n}.7"]) for n in range(120)]
    inside = lambda rows: [dict(row, **{"id.resp_h": "10.0.0.53"}) for row in rows]
    case("harmless-inside-hosts",
         "Hosts of a cluster with random names, each with an inside address of its own, asked of the site's own server.",
         {"dns-tunnel": "negative"}, [("dns-tunnel", "low", clients[0], "cluster-7.internal")],
         dns=inside(shared + nodes("cluster-7.internal")))
    case("harmless-inside-elsewhere",
         "The same hosts, asked of a server outside: what answers there is nobody's of the site, and can be anything.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "medium", clients[0], "cluster-7.internal")],
         dns=shared + nodes("cluster-7.internal"))
    same = [dict(row, answers=["10.0.0.7"], TTLs=[60.0]) for row in nodes("cluster-7.internal")]
    case("harmless-inside-alike", "The same names with one inside address for all: that is no list of hosts.",
         {"dns-tunnel": "positive"}, [("dns-tunnel", "critical", clients[0], "cluster-7.internal")], dns=shared + same)


def leak_unanswered():
    rng = random.Random(55)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    shared = office(rng, clients, 7200)
    times = [NINE + 7 * n + rng.uniform(0, 6) for n in range(400)]
    asked = lambda client, some: [ask(times[n], client, name, rcode=3) for n, name in enumerate(some)]
    tokens = lambda count, domain: [f"{text(rng, 8, HEX)}.{domain}" for _ in range(count)]
    case("leak-unanswered",
         "Two hundred names of eight hexadecimal digits, under a domain that never answers and that nobody else asks for: not a kilobyte, and nobody asks so often for nothing.",
         {"leak": "positive", "dns-tunnel": "positive"}, [("dns-tunnel", "medium", clients[0], "example.coop")],
         said={"leak": [f"{clients[0]} example.coop: 0.9 kB"]}, dns=shared + asked(clients[0], tokens(200, "example.coop")))
    probes = [text(rng, 10, TEXT[:26]) for _ in range(100)]
    case("leak-unanswered-probes",
         "A browser's probes: random labels, each asked for by itself and with the search list's domain behind it; as many under a domain of which one name is answered; and a hundred that are fewer than 512 bytes.",
         {"dns-tunnel": "negative"},
         dns=shared + asked(clients[0], [f"{probe}.example.coop" for probe in probes]) + asked(clients[0], probes)
         + asked(clients[1], tokens(200, "example.aero"))
         + [ask(NINE + 900, clients[1], "www.example.aero", answers=["198.51.100.9"])]
         + asked(clients[3], tokens(100, "example.museum")))


def new_names():
    """A rhythm of names that nobody asked for before."""
    rng = random.Random(56)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    words = ["garden", "silver", "market", "window", "travel", "winter", "family", "harbor", "castle", "summit"]
    shared = office(rng, clients, 14 * 3600)
    name = lambda: "-".join(rng.choice(words) for _ in range(3))
    beat = lambda n: NINE + 420 * n + rng.uniform(-40, 40)
    case("dns-beacon-new-names",
         "Every seven minutes three other words under a domain that nobody else asks for, and no answer.",
         {"dns-beacon": "positive"}, [("dns-beacon", "medium", clients[0], "example.coop")],
         dns=shared + [ask(beat(n), clients[0], f"{name()}.example.coop", rcode=3) for n in range(112)])
    ten = [name() for _ in range(10)]
    case("dns-beacon-new-names-again",
         "The same of ten names in turn, and of 95 new ones, is low.",
         {"dns-beacon": "edge"}, [("dns-beacon", "low", clients[0], "example.coop"), ("dns-beacon", "low", clients[1], "example.aero")],
         dns=shared + [ask(beat(n), clients[0], f"{ten[n % 10]}.example.coop", rcode=3) for n in range(112)]
         + [ask(beat(n), clients[1], f"{name()}.example.aero", rcode=3) for n in range(95)])


def no_hosts():
    rng = random.Random(57)
    data = lambda: ":".join(f"{rng.randrange(65536):x}" for _ in range(8))
    numbered = lambda domain, answers: [(f"cloud-{n}.{domain}", answer) for n, answer in enumerate(answers)]

    def channel(client, of, qtype):
        return [ask(NINE + 3 * n, client, name, qtype, answers=[answer]) for n, (name, answer) in enumerate(of)]

    a, b, c, d = (f"192.0.2.{n}" for n in range(20, 24))
    case("fingerprint-no-hosts-data", "A file in thirty answers, sixteen bytes of it in each, written as addresses of IPv6.",
         {"no-hosts": "positive"}, [("dns-tunnel", "high", a, "example.com")], proofs=[("example.com", "no-hosts", 0.8)],
         dns=channel(a, numbered("example.com", [data() for _ in range(30)]), "AAAA"))
    case("fingerprint-no-hosts-hosts",
         "Groups for multicast, addresses of a site's own, of NAT64 and of nobody: none is data.",
         {"no-hosts": "negative"}, proofs=[],
         dns=channel(a, numbered("example.com", [f"239.{n}.1.{n}" for n in range(30)]), "A")
         + channel(b, numbered("example.net", [f"fd{n:02x}:{n:x}::1" for n in range(1, 20)] + ["fe80::1", "::1"]), "AAAA")
         + channel(c, numbered("example.org", [f"64:ff9b::c633:64{n:02x}" for n in range(20)] + ["::", "::ffff:198.51.100.7"]), "AAAA")
         + channel(d, numbered("example.edu", ["0.0.0.0", "255.255.255.255", "127.0.0.1", "10.1.2.3", "169.254.1.1"]), "A"))
    hosts = [f"198.51.100.{n}" for n in range(9)]
    case("fingerprint-no-hosts-three", "Three beginnings that no host's address has are told; of two the rule says nothing.",
         {"no-hosts": "edge"}, [("dns-tunnel", "medium", a, "example.com")], proofs=[("example.com", "no-hosts", 0.6)],
         dns=channel(a, numbered("example.com", ["0.7.1.2", "228.1.1.1", "251.9.8.7", *hosts]), "A")
         + channel(b, numbered("example.net", ["0.7.1.2", "228.1.1.1", "228.9.8.7", *hosts]), "A"))


def answers_among_addresses():
    rng = random.Random(58)
    clients = [f"192.0.2.{n}" for n in range(20, 26)]
    long = lambda: "TXT 160 " + text(rng, 160)
    polls = lambda client, domain: [ask(NINE + 60 * n, client, f"3f2a.{domain}", answers=["0.0.0.0"]) for n in range(200)]
    case("answer-meter-among-addresses",
         "Thirty texts among two hundred questions for an address: the text alone is above the policy. As many names in front of addresses are a content network's.",
         {"answer-meter": "edge"}, [("dns-tunnel", "medium", clients[0], "example.coop")],
         said={"answer-meter": [f"{clients[0]} example.coop: 5 kB"]},
         dns=office(rng, clients, 3600) + polls(clients[0], "example.coop") + polls(clients[1], "example.aero")
         + [ask(NINE + 61 * n, clients[0], f"api.{n}.3f2a.example.coop", "TXT", answers=[long()]) for n in range(30)]
         + [ask(NINE + 61 * n, clients[1], f"h{n % 9}.example.aero", answers=[f"{text(rng, 150)}.example.aero", "198.51.100.9"])
            for n in range(30)])


for make in (beacon_over_midnight, clocks, asked_by_many, icmp_orders, encrypted_much, dns_beacons, rhythms, behaviours, unconnected, unconnected_names, unconnected_together, unconnected_addresses, harmless, hidden, many_domains,
             answer_meter, leak_two_days, baselines, behind_resolver, new_domains, log_notes, payloads,
             eight_queries, flow_tunnel_twenty, not_dns_edges, icmp_edges, heavy_edges, foreign_edges,
             encrypted_edges, flux_edges, dga_edges, dga_words, iodine, dnscat2, dns2tcp, ozymandns, exfiltrator,
             cobalt_strike, sliver, dnscapy, dnstt, dnsteal, nameless, both_addresses, numbered, few_and_long, reverse_names, together, tried_and_inside, leak_unanswered,
             new_names, no_hosts, answers_among_addresses):
    make()
