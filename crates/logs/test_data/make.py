#!/usr/bin/env python3
"""Writes the inputs of the cases in this folder: ok/NAME/input and err/NAME/input.

The inputs are committed; this says how they came about. After a change, run it, then
`UPDATE=1 cargo test -p wakeful-logs --test cases`, and read the difference of the goldens.
"""

import gzip
import json
import pathlib
import shutil
import struct

HERE = pathlib.Path(__file__).parent
written = set()


def case(kind, name, data):
    folder = HERE / kind / name
    folder.mkdir(parents=True, exist_ok=True)
    data = data.encode() if isinstance(data, str) else data
    (folder / "input").write_bytes(data)
    assert (kind, name) not in written, name
    written.add((kind, name))


def ok(name, data):
    case("ok", name, data)


def err(name, data):
    case("err", name, data)


def gz(data, level=9):
    data = data.encode() if isinstance(data, str) else data
    return gzip.compress(data, level, mtime=0)


def log(path, fields, rows, *, types=None, sep="\t", set_sep=",", empty="(empty)", unset="-",
        opened="2026-10-22-08-30-00", close=True, shown=None):
    """A TSV log as Zeek writes it."""
    shown = shown or "\\x%02x" % ord(sep)
    fields = fields.split()
    types = types.split() if types else ["string"] * len(fields)
    lines = [
        f"#separator {shown}",
        sep.join(["#set_separator", set_sep]),
        sep.join(["#empty_field", empty]),
        sep.join(["#unset_field", unset]),
        sep.join(["#path", path]),
    ]
    if opened:
        lines.append(sep.join(["#open", opened]))
    lines += [sep.join(["#fields"] + fields), sep.join(["#types"] + types)]
    lines += [sep.join(row) for row in rows]
    if close:
        lines.append(sep.join(["#close", "2026-10-22-09-30-00"]))
    return "\n".join(lines) + "\n"


def jsonl(*rows):
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)


FIVE = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p"
FIVE_T = "time string addr port addr port"
# Bro 2.0: no rtt; the flags in another order than now; no rejected.
DNS_20 = FIVE + " proto trans_id query qclass qclass_name qtype qtype_name rcode rcode_name QR AA TC RD RA Z TTLs answers"
DNS_20_T = FIVE_T + " enum count string count string count string count string bool bool bool bool bool count vector[interval] vector[string]"
DNS_21 = FIVE + " proto trans_id query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs"
DNS_22 = DNS_21 + " rejected"
DNS_3 = FIVE + " proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected"
DNS_3_T = FIVE_T + " enum count interval string count string count string count string bool bool bool bool count vector[string] vector[interval] bool"
DNS_7 = FIVE + " proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected opcode opcode_name"
CONN_20 = FIVE + " proto service duration orig_bytes resp_bytes conn_state local_orig missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes"
CONN_21 = CONN_20 + " tunnel_parents"
CONN_3 = FIVE + " proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents"
CONN_7 = CONN_3 + " ip_proto"

A = "1792657800.000001 CAaaaa1example0001 192.0.2.10 53124 198.51.100.53 53".split()
B = "1792657801.250000 CBbbbb2example0002 192.0.2.11 40000 198.51.100.53 53".split()
C = "1792657802.500000 CCcccc3example0003 2001:db8::10 5353 ff02::fb 5353".split()


def dns3(five, query, qtype="1", name="A", answers="203.0.113.7", ttls="300.000000", rcode=("0", "NOERROR"), rtt="0.012345"):
    return five + ["udp", "4660", rtt, query, "1", "C_INTERNET", qtype, name, *rcode, "F", "F", "T", "T", "0", answers, ttls, "F"]


def conn3(five, service="dns", tail=("-",)):
    return five + ["udp", service, "0.012345", "31", "47", "SF", "T", "F", "0", "Dd", "1", "59", "1", "75", *tail]


DNS = log("dns", DNS_3, [
    dns3(A, "www.example.com"),
    dns3(B, "mail.example.org", "15", "MX", "mx1.example.org,mx2.example.org", "60.000000,3600.000000"),
    dns3(C, "printer.example.net", "12", "PTR", "-", "-", ("-", "-"), "-"),
], types=DNS_3_T)
CONN = log("conn", CONN_3, [conn3(A), conn3(B, "dns,ssl"), conn3(C, "-")])
HTTP = log("http", FIVE + " trans_depth method host uri", [A + ["1", "GET", "www.example.com", "/index.html"]])

J_DNS = {"ts": 1792657800.000001, "uid": "CAaaaa1example0001", "id.orig_h": "192.0.2.10", "id.orig_p": 53124,
         "id.resp_h": "198.51.100.53", "id.resp_p": 53, "proto": "udp", "trans_id": 4660, "rtt": 0.012345,
         "query": "www.example.com", "qclass": 1, "qclass_name": "C_INTERNET", "qtype": 1, "qtype_name": "A",
         "rcode": 0, "rcode_name": "NOERROR", "AA": False, "TC": False, "RD": True, "RA": True, "Z": 0,
         "answers": ["203.0.113.7", "alias.example.com"], "TTLs": [300.0, 60.0], "rejected": False}
J_CONN = {"ts": 1792657800.000001, "uid": "CAaaaa1example0001", "id.orig_h": "192.0.2.10", "id.orig_p": 53124,
          "id.resp_h": "198.51.100.53", "id.resp_p": 53, "proto": "udp", "service": "dns", "duration": 0.012345,
          "orig_bytes": 31, "resp_bytes": 47, "conn_state": "SF", "local_orig": True, "local_resp": False,
          "missed_bytes": 0, "history": "Dd", "orig_pkts": 1, "orig_ip_bytes": 59, "resp_pkts": 1, "resp_ip_bytes": 75}


def ids(row, change):
    """A row with its `id.…` keys renamed."""
    return {change(key) if key.startswith("id.") else key: value for key, value in row.items()}


def nested(row):
    out = {key: value for key, value in row.items() if not key.startswith("id.")}
    out["id"] = {key[3:]: value for key, value in row.items() if key.startswith("id.")}
    return out


# --- ok: TSV through the years -----------------------------------------------------------------

ok("tsv-dns-2009-no-separator-line",
   "# a sample of 2009, before headers said their separator\n#fields\t" + "\t".join(DNS_20.split()) + "\n"
   + "\t".join(["1257894000.5", "UbBbb2exampl", *A[2:], "udp", "7", "www.example.com", "1", "C_INTERNET", "1", "A", "0", "NOERROR", "T", "F", "F", "T", "T", "0", "300.000000", "203.0.113.7"]) + "\n")
ok("tsv-dns-bro-2.0", log("dns", DNS_20, [
    A + ["udp", "7", "www.example.com", "1", "C_INTERNET", "1", "A", "0", "NOERROR", "F", "F", "F", "T", "T", "0", "300.000000,60.000000", "203.0.113.7,203.0.113.8"],
    B + ["udp", "8", "missing.example.com", "1", "C_INTERNET", "28", "AAAA", "3", "NXDOMAIN", "F", "T", "F", "T", "F", "0", "-", "-"],
], types=DNS_20_T, opened=None, close=False))
ok("tsv-dns-bro-2.1", log("dns", DNS_21, [
    A + ["udp", "7", "www.example.com", "1", "C_INTERNET", "1", "A", "0", "NOERROR", "F", "F", "T", "T", "0", "203.0.113.7", "300.000000"],
]))
ok("tsv-dns-bro-2.2", log("dns", DNS_22, [
    A + ["udp", "7", "www.example.com", "1", "C_INTERNET", "1", "A", "5", "REFUSED", "F", "F", "T", "F", "0", "-", "-", "T"],
]))
ok("tsv-dns-zeek-3", DNS)
ok("tsv-dns-zeek-7", log("dns", DNS_7, [
    dns3(A, "www.example.com", "65", "HTTPS") + ["0", "query"],
    dns3(B, "big.example.com", "16", "TXT", "TXT 11 hello world,TXT 2 ok", "1.000000,2.000000") + ["0", "query"],
]))
ok("tsv-conn-bro-2.0", log("conn", CONN_20, [
    A + ["udp", "dns", "0.012345", "31", "47", "SF", "-", "0", "Dd", "1", "59", "1", "75"],
    B + ["tcp", "-", "-", "-", "-", "S0", "-", "0", "S", "3", "180", "0", "0"],
], close=False))
ok("tsv-conn-bro-2.1", log("conn", CONN_21, [
    A + ["icmp", "-", "0.5", "56", "56", "OTH", "T", "0", "-", "2", "112", "2", "112", "(empty)"],
]))
ok("tsv-conn-zeek-3", CONN)
ok("tsv-conn-zeek-7", log("conn", CONN_7, [conn3(A, tail=("-", "17")), conn3(C, "mdns", ("CPparent000000001", "17"))]))
ok("tsv-columns-subset-any-order", log("dns", "query answers id.orig_h unknown ts qtype_name rcode_name", [
    ["www.example.com", "203.0.113.7", "192.0.2.10", "whatever", "1792657800.5", "TXT", "NXDOMAIN"],
    ["a.example.com", "-", "2001:db8::1", "-", "1792657801.5", "query-65399", "-"],
]))
ok("tsv-one-column", log("dns", "query", [["www.example.com"], ["-"], ["b.example.com"]]))
ok("tsv-columns-without-path", "#fields\tts\tquery\tqtype\n1792657800.5\twww.example.com\t1\n")
ok("tsv-path-of-a-site", log("site-dns", "ts query qtype", [["1792657800.5", "www.example.com", "1"]]))
ok("tsv-labelled-extra-columns", log("conn", CONN_3 + " label detailed-label", [
    conn3(A) + ["Malicious", "C&C-DNS"], conn3(B) + ["Benign", "-"],
]))
ok("tsv-field-name-map", log("conn", "ts uid src src_port dst dst_port proto conn_state orig_bytes resp_bytes", [
    A + ["tcp", "SF", "100", "200"],
]))
ok("tsv-underscored-ids", log("dns", DNS_3.replace("id.", "id_"), [dns3(A, "www.example.com")]))
ok("tsv-enriched-with-src-and-dst", log("dns", "src " + DNS_3 + " dst", [["sensor-1", *dns3(A, "www.example.com"), "resolver"]]))

# --- ok: separators, escapes, values -------------------------------------------------------------

ok("tsv-separator-pipe", log("dns", DNS_3, [dns3(A, "www.example.com"), dns3(B, "a\\x7cb.example.com")], sep="|"))
ok("tsv-separator-comma-literal", log("dns", DNS_3, [dns3(A, "www.example.com", answers="203.0.113.7;203.0.113.8", ttls="300.000000;60.000000")],
                                      sep=",", set_sep=";", shown=","))
ok("tsv-separator-literal-tab", log("dns", "ts query", [["1792657800.5", "www.example.com"]], shown="\t"))
ok("tsv-set-separator-pipe", log("dns", DNS_3, [dns3(A, "www.example.com", "16", "TXT", "TXT 5 a,b,c|second", "1.000000|2.000000")], set_sep="|"))
ok("tsv-empty-and-unset-of-a-site", log("dns", DNS_3, [
    dns3(A, "EMPTY", answers="EMPTY", ttls="NULL"), dns3(B, "NULL", answers="-", ttls="NULL"), dns3(C, "(empty)"),
], empty="EMPTY", unset="NULL"))
ok("tsv-unset-is-no-bytes", log("dns", DNS_3, [dns3(A, "", answers="", ttls="", rtt="")], unset=""))
ok("tsv-empty-versus-escaped", log("dns", "ts query answers", [
    ["1792657800.1", "(empty)", "(empty)"],
    ["1792657800.2", "\\x28empty)", "\\x28empty)"],
    ["1792657800.3", "-", "-"],
    ["1792657800.4", "\\x2d", "\\x2d"],
    ["1792657800.5", "", ""],
]))
ok("tsv-escapes", log("dns", DNS_3, [
    dns3(A, "tab\\x09and\\x0anewline.example.com"),
    dns3(B, "\\xff\\xfe\\x00.example.com", "16", "TXT", "TXT 3 a\\x2cb,TXT 1 \\x5c", "1.000000,2.000000"),
    dns3(C, "\\x5cx41\\\\x41 \\xg0 \\x4"),
]))
ok("tsv-hash-in-a-row", log("dns", "query ts", [["\\x23hash.example.com", "1792657800.5"]]))
ok("tsv-lone-returns-and-line-separators-in-a-field", log("dns", "ts query rcode", [
    ["1792657800.5", "a\rb\u0085c\u2028d.example.com", "0"],
]))
ok("tsv-utf-8-noncharacters", log("dns", "ts query rcode", [["1792657800.5", "\ufffe\uffff\ufffd.example.com", "0"]]))
ok("tsv-hostile-names", log("dns", "ts query rcode", [
    ["1792657800.1", "<img src=x onerror=alert(1)>.example.com", "0"],
    ["1792657800.2", "=cmd|' /c calc'!a0.example.com", "0"],
    ["1792657800.3", "\\x1b[2j.example.com", "0"],
    ["1792657800.4", "\u202emoc.elpmaxe", "0"],
    ["1792657800.5", "xn--80ak6aa92e.example.com", "0"],
]))
ok("tsv-addresses", log("conn", "ts id.orig_h id.resp_h proto conn_state", [
    ["1792657800.1", "fe80::1%eth0", "::ffff:192.0.2.1", "tcp", "SF"],
    ["1792657800.2", "::", "255.255.255.255", "unknown_transport", "OTH"],
]))
ok("tsv-times-out-of-order", log("dns", "ts query", [
    ["1792657802.5", "c.example.com"], ["1792657800.5", "a.example.com"], ["1792657800.5", "a.example.com"], ["0.000000", "zero.example.com"],
]))

# --- ok: headers, ends, files ----------------------------------------------------------------------

ok("tsv-rotated-same-header", DNS + DNS)
ok("tsv-rotated-changed-columns", log("dns", DNS_21, [
    A + ["udp", "7", "old.example.com", "1", "C_INTERNET", "1", "A", "0", "NOERROR", "F", "F", "T", "T", "0", "203.0.113.7", "300.000000"],
]) + DNS + log("dns", "query ts", [["new.example.com", "1792657803.5"]], sep="|"))
ok("tsv-fields-changed-without-a-new-block",
   "#separator \\x09\n#path\tdns\n#fields\tts\tquery\n1792657800.5\ta.example.com\n#fields\tquery\tts\tqtype\nb.example.com\t1792657801.5\t16\n")
ok("tsv-dns-conn-http-in-one-file", DNS + CONN + HTTP + DNS)
ok("tsv-no-close", DNS.rsplit("#close", 1)[0])
ok("tsv-close-without-newline", DNS.rstrip("\n"))
ok("tsv-last-row-without-newline", DNS.rsplit("#close", 1)[0].rstrip("\n"))
ok("tsv-header-only", log("dns", DNS_3, [], types=DNS_3_T))
ok("tsv-stray-tab-before-the-header", "\t" + DNS)
ok("tsv-separator-line-among-blanks", DNS.replace("#separator \\x09", "#separator\t\\x09  "))
ok("tsv-blank-lines-and-comments", DNS.replace("#types", "# by hand\n\n#types") + "\n   \n\t\n")
ok("tsv-bom", b"\xef\xbb\xbf" + DNS.encode())
ok("tsv-crlf", DNS.replace("\n", "\r\n"))
ok("tsv-http-set-aside", HTTP)
ok("tsv-ssl-set-aside", log("ssl", FIVE + " version cipher server_name", [A + ["TLSv13", "TLS_AES_128_GCM_SHA256", "www.example.com"]] * 3))
ok("gzip-tsv", gz(DNS))
ok("gzip-several-members", gz(DNS) + gz(DNS.split("\n", 8)[8].rsplit("#close", 1)[0]) + gz("") + gz(CONN, 1))
ok("gzip-members-cut-within-a-line", gz(DNS[:700]) + gz(DNS[700:]))
ok("gzip-json-bom-crlf", gz(b"\xef\xbb\xbf" + jsonl(J_DNS, J_DNS).replace("\n", "\r\n").encode()))
ok("gzip-zero-padding", gz(DNS) + bytes(512))

# --- ok: JSON ----------------------------------------------------------------------------------------

ok("json-dns-dotted", jsonl(J_DNS, dict(J_DNS, query="b.example.com")))
ok("json-conn-dotted", jsonl(J_CONN))
ok("json-nested-ids", jsonl(nested(J_DNS), nested(J_CONN)))
ok("json-underscored-ids", jsonl(ids(J_DNS, lambda key: key.replace(".", "_"))))
ok("json-field-name-map", jsonl({"ts": 1792657800.5, "src": "192.0.2.10", "src_port": 53124, "dst": "198.51.100.53", "dst_port": 53, "query": "www.example.com"}))
ok("json-enriched-with-src-and-dst", jsonl({"src": "sensor-1", **J_DNS, "dst": "resolver"}))
ok("json-times", jsonl(*[{"ts": ts, "query": "www.example.com"} for ts in [
    1792657800.5, 1792657800500, 1792657800500000, 1792657800, "1792657800.5",
    "2026-10-22T08:30:00.500000Z", "2026-10-22T08:30:00.5Z", "2026-10-22T10:30:00.5+02:00", "2026-10-22T08:30:00", 0]]))
ok("json-corelight-mixed", jsonl(
    {"_path": "dns", "_system_name": "sensor-1", "_write_ts": "2026-10-22T08:30:01.000000Z", **dict(J_DNS, ts="2026-10-22T08:30:00.000001Z")},
    {"_path": "conn", "_system_name": "sensor-1", **dict(J_CONN, ts="2026-10-22T08:30:00.000001Z")},
    {"_path": "http", "ts": "2026-10-22T08:30:02.000000Z", "method": "GET", "uri": "/"},
    {"_path": "ssl", "ts": "2026-10-22T08:30:03.000000Z", "server_name": "www.example.com"},
    {"_path": "http", "ts": "2026-10-22T08:30:04.000000Z", "query": "not a name"},
))
ok("json-other-logs-without-path", jsonl(
    {"ts": 1.5, "uid": "CHttp", "method": "GET", "uri": "/", "user_agent": "curl"},
    {"ts": 1.5, "uid": "CSsl", "cipher": "TLS_AES_128_GCM_SHA256"},
    {"ts": 1.5, "uid": "CDns", "query": "www.example.com"}))
ok("json-null-and-unknown-keys", jsonl(
    {**J_DNS, "rtt": None, "answers": None, "TTLs": [None, 1.0], "community_id": "1:abc", "agent": {"uuid": [1, {"deep": None}]}, "_path": None}))
ok("json-values-as-strings", jsonl({**J_DNS, "id.orig_p": "53124", "qtype": "16", "AA": "true", "rtt": "0.5", "answers": "203.0.113.7"}))
ok("json-escapes", '{"ts":1792657800.5,"query":"tab\\tquote\\"slash\\/\\u00e9\\ud83d\\ude00.example.com","answers":["a\\\\x07b","\\u0000"]}\n'
   '{"ts":1792657801.5,"id\\u002eorig_h":"192.0.2.10","query":"\\\\x07 stays as it is written"}\n')
ok("json-blanks", '  {"ts": 1792657800.5, "query": "www.example.com"}  \n\n{ "ts" : 1792657801.5 , "query" : "b.example.com" }\n')
ok("json-answer-without-query", jsonl({"ts": 1.5, "trans_id": 7, "rcode": 0, "id.orig_h": "192.0.2.10"}))
ok("json-last-row-without-newline", jsonl(J_DNS, J_DNS).rstrip("\n"))
ok("json-bom", b"\xef\xbb\xbf" + jsonl(J_DNS).encode())
ok("json-deep-nesting-of-an-unknown-key", '{"ts":1.5,"extra":' + "[" * 10000 + "]" * 10000 + ',"query":"www.example.com"}\n')
ok("json-after-tsv", DNS + jsonl(J_DNS))

# --- err: not a log ------------------------------------------------------------------------------------

err("empty-file", b"")
err("bom-only", b"\xef\xbb\xbf")
err("newlines-only", "\n\n\r\n")
err("png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
err("elf", b"\x7fELF\x02\x01\x01" + bytes(57))
err("nul-bytes", b"some text\0\0\0 and zeros")
err("pcap", struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + bytes(40))
err("pcap-big-endian-nanoseconds", struct.pack(">IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1) + bytes(40))
err("pcapng", struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
err("zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(30))
err("zstd", b"\x28\xb5\x2f\xfd\x24\x10" + b"hello")
err("xz", b"\xfd7zXZ\x00\x00\x04" + bytes(20))
err("bzip2", b"BZh91AY&SY" + bytes(20))
err("tar", b"dns.log".ljust(100, b"\0") + b"0000644\0".ljust(157, b"\0") + b"ustar\x0000" + bytes(248) + DNS.encode())
err("tar-gzip", gz(b"dns.log".ljust(100, b"\0") + b"0000644\0".ljust(157, b"\0") + b"ustar\x0000" + bytes(248) + DNS.encode()))
err("utf-16-little-endian", b"\xff\xfe" + DNS.encode("utf-16-le"))
err("utf-16-big-endian", b"\xfe\xff" + DNS.encode("utf-16-be"))
err("utf-16-without-bom", jsonl(J_DNS).encode("utf-16-le"))
err("plain-text", "Dear reader,\n\nthis is a letter.\n")
err("csv", "ts,query\n1792657800.5,www.example.com\n")
err("json-array", '[{"ts":1792657800.5,"query":"a.example.com"},\n {"ts":1792657801.5,"query":"b.example.com"}]\n')
err("json-pretty", json.dumps({"ts": 1.5, "query": "www.example.com"}, indent=2) + "\n")
err("json-of-something-else", jsonl({"_index": "packets", "layers": {"frame": {}}}, {"_index": "packets"}))

# --- err: gzip ------------------------------------------------------------------------------------------

packed = gz(DNS * 4)
err("gzip-truncated", packed[: len(packed) * 2 // 3])
err("gzip-truncated-in-the-checksum", gz(DNS)[:-3])
err("gzip-header-only", b"\x1f\x8b\x08\x00")
big = gz("".join(log("dns", "ts query rcode", [[f"{1792657800 + n * n % 997}.{n:06}", f"h{n * 7919 % 1000}.example.com", "0"] for n in range(400)])))
err("gzip-corrupt", big[:2000] + b"\xff" * 60 + big[2060:])
bad_sum = bytearray(gz(DNS))
bad_sum[-8] ^= 1
err("gzip-wrong-checksum", bytes(bad_sum) + gz(jsonl(J_DNS)))
err("gzip-junk-after-the-last-member", gz(DNS) + b"junk, not gzip\n")
err("gzip-twice", gz(gz(DNS)))
err("gzip-of-nothing", gz(""))
err("gzip-of-a-png", gz(b"\x89PNG\r\n\x1a\n" + bytes(range(256))))

# --- err: TSV lines ---------------------------------------------------------------------------------------

SHORT = log("dns", "ts id.orig_h query qtype rcode", [], close=False)
err("tsv-truncated-last-line", DNS[: DNS.index("printer.exam") + 12])
err("tsv-truncated-in-the-last-number", SHORT + "1792657800.5\t192.0.2.10\twww.example.com\t1\t1")
err("tsv-truncated-in-the-header", DNS[: DNS.index("#types") - 30])
err("tsv-header-changes-to-shorter-rows", DNS + SHORT + "1792657803.5\t192.0.2.10\tc.example.com\t16\t0\n"
    + "\t".join(dns3(A, "long.example.com")) + "\n1792657804.5\t192.0.2.10\td.example.com\n")
err("tsv-too-few-fields", SHORT + "1792657800.5\t192.0.2.10\ta.example.com\n1792657801.5\t192.0.2.10\tb.example.com\t1\t0\nword\n")
err("tsv-too-many-fields", SHORT + "1792657800.5\t192.0.2.10\ta.example.com\t1\t0\t\n1792657801.5\t192.0.2.10\tb.example.com\t1\t0\textra\tmore\n")
err("tsv-no-header", "\t".join(dns3(A, "www.example.com")) + "\n" + "\t".join(dns3(B, "b.example.com")) + "\n")
err("tsv-no-fields-line", "".join(line + "\n" for line in DNS.splitlines() if not line.startswith("#fields")))
err("tsv-rows-before-the-header", "\t".join(dns3(A, "early.example.com")) + "\n" + DNS)
err("tsv-tabs-lost", DNS.replace("\t", "    "))
err("tsv-no-known-column", log("dns", "time name kind", [["1792657800.5", "www.example.com", "A"]]))
err("tsv-separator-of-two-bytes", DNS.replace("#separator \\x09", "#separator \\x7c\\x7c"))
err("tsv-separator-missing", DNS.replace("#separator \\x09", "#separator"))
err("tsv-set-separator-of-two-bytes", DNS.replace("#set_separator\t,", "#set_separator\t;;"))
err("tsv-types-mismatch", DNS.replace("#types\ttime", "#types"))
err("tsv-non-utf-8", SHORT.encode() + b"1792657800.5\t192.0.2.10\t\xff\xfe\xe9.example.com\t1\t\xff\n")
err("tsv-nul-bytes-in-rows", SHORT.encode() + b"1792657800.5\t192.0.2.10\ta\0b.example.com\t1\t0\n" + bytes(600)
    + b"\n1792657801.5\t192.0.2.10\tc.example.com\t1\t0\n")
err("tsv-nul-bytes-far-from-the-start", "\t" + DNS + "\0" * 40 + "\n")
err("tsv-times-out-of-range", log("dns", "ts query", [[ts, "www.example.com"] for ts in [
    "-1.000000", "-62135596800.000000", "18446743758090351616", "18446743758.090351", "99999999999.000000", "1e999", "1e400", "NaN", "yesterday",
    "XXXXXXXXXX.XXXXXX", "1792657800.5"]]))
err("tsv-numbers-out-of-range", log("conn", "ts id.orig_h id.orig_p id.resp_p proto conn_state duration orig_bytes resp_bytes orig_pkts local_orig", [
    ["1792657800.1", "192.0.2.10", "70000", "-1", "tcp", "SF", "-0.5", "18446744073709551616", "-5", "1.5", "T"],
    ["1792657800.2", "192.0.2.10", "65536", "65535", "tcp", "SF", "NaN", "18446744073709551615", "inf", "NaN", "yes"],
    ["1792657800.3", "192.0.2.10", "53/udp", "", "tcp", "SF", "inf", "0x10", "1e3", "1,000", "1"],
]))
err("tsv-many-bad-rows", SHORT + "word\n" * 80 + "1792657800.5\t192.0.2.10\twww.example.com\t1\t0\n")
err("tsv-many-headers", "".join(f"#fields\tts\tquery\tx{n}\n1.5\th{n}.example.com\t-\n" for n in range(300)))
err("tsv-empty-fields-line", "#path\tdns\n#fields\n1792657800.5\n#fields\tquery\nwww.example.com\n")
err("old-mac-line-ends", DNS.replace("\n", "\r"))

# --- err: JSON lines -----------------------------------------------------------------------------------------

GOOD = jsonl(J_DNS)
err("json-truncated-last-line", GOOD + GOOD[:150])
err("json-broken-in-the-middle", GOOD + '{"ts":1.5,"query":"a\n{"ts":1.5 "query":"b"}\n{"ts":1.5}}\nnull\n' + GOOD)
err("json-duplicate-keys", '{"ts":1.5,"query":"a.example.com","query":"b.example.com"}\n' + GOOD)
err("json-two-objects-on-a-line", GOOD.rstrip("\n") + GOOD)
err("json-deep-nesting", "[" * 10000 + "\n" + '{"ts":1.5,"query":' + "[" * 10000 + "\n" + '{"a":' * 5000 + "1" + "}" * 5000 + "\n" + GOOD)
err("json-deep-nesting-of-id", '{"id":' * 10000 + "\n" + '{"id":' * 100 + "1" + "}" * 100 + "\n" + GOOD)
err("json-numbers-out-of-range", '{"ts":1e999,"query":"a.example.com","rtt":-1,"qtype":65536,"id.orig_p":70000}\n'
    '{"ts":-5,"query":"b.example.com","rtt":NaN}\n'
    '{"ts":18446743758090351616,"query":"c.example.com","rtt":1e999,"rcode":18446744073709551616,"AA":1}\n'
    '{"ts":"1969-12-31T23:59:59Z","query":"d.example.com","rtt":null}\n'
    '{"ts":"2026-13-01T00:00:00Z","query":"e.example.com"}\n')
err("json-non-utf-8", b'{"ts":1.5,"query":"\xff\xe9.example.com"}\n{"ts":2.5,"query":"a\xc3\xa9.example.com"}\n{"ts":3.5,\xff"query":"c.example.com"}\n')
err("json-lone-surrogate", '{"ts":1.5,"query":"\\ud800.example.com"}\nx\n')
err("json-after-a-header-without-columns", "#separator \\x09\n" + GOOD + "word\n")

for kind in ["ok", "err"]:
    for folder in sorted((HERE / kind).iterdir()):
        if (kind, folder.name) not in written:
            shutil.rmtree(folder)
print(len(written), "cases")
