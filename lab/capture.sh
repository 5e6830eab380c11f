#!/usr/bin/env bash
# The real lab: runs Debian's iodine and dns2tcp through a real resolver and captures what a sensor
# beside the client would see.
#
#     sudo lab/capture.sh [--list] [--only PATTERN] [FOLDER]     (default folder: target/real-lab)
#
# In: the packages iodine, dns2tcp, dnsmasq-base, tcpdump, socat (installed when missing).
# Out: one sub-folder a run with capture.pcap, truth.tsv and, once converted, dns.log and conn.log.
# Must not know: how anything is detected, how the generator imitates the tools.
#
# Each run has three network namespaces of its own and no way out of them:
#
#     client 10.53.1.2 ── 10.53.1.1 resolver (dnsmasq, caching) 10.53.2.1 ── 10.53.2.2 server
#
# The client has a route to the server in the runs called raw only. Between resolver and server lies a
# relay that holds every packet back for some 20 ms; without it everything would answer at once.
# Every run is bounded in time, and processes and namespaces go when the script ends, however it ends.
set -uo pipefail

ZONE=t.example.net
PASSWORD=wakeful
BYTES=100000          # of a transfer, random: nothing compresses it
IDLE=30               # seconds of silence, and of an interactive trickle
LONGEST=60            # seconds that a load may take
PARALLEL=4            # runs at once; most of them wait most of the time
DELAY=20              # milliseconds from resolver to server, and as many back

here=$(cd "$(dirname "$0")/.." && pwd)
out=$here/target/real-lab
only=
list=false
while [ $# -gt 0 ]; do
  case $1 in
    --list) list=true ;;
    --only) shift; only=${1:-} ;;
    -h | --help) sed -n '2,18s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "There is no option $1; \`lab/capture.sh --help\` lists them." >&2; exit 2 ;;
    *) out=$1 ;;
  esac
  shift
done

# Every run, a line: name, tool, record type, codec of the answers, load, route to the server.
runs() {
  local type codec load
  for type in NULL TXT CNAME MX SRV A PRIVATE; do
    for load in idle trickle up down; do
      echo "iodine-${type,,}-$load iodine $type auto $load no"
    done
  done
  # In names every codec fits, raw bytes in TXT alone. The codec of the questions cannot be forced:
  # the client takes the densest that the resolver leaves intact.
  for codec in Base32 Base64 Base64u Base128 Raw; do
    echo "iodine-txt-${codec,,}-down iodine TXT $codec down no"
  done
  for codec in Base32 Base64 Base64u Base128; do
    echo "iodine-cname-${codec,,}-down iodine CNAME $codec down no"
  done
  for load in idle trickle up down; do
    echo "iodine-raw-$load iodine raw none $load yes"
  done
  for type in TXT KEY; do
    for codec in plain compressed; do
      for load in idle trickle up down; do
        echo "dns2tcp-${type,,}-$codec-$load dns2tcp $type $codec $load no"
      done
    done
  done
}

chosen=$(runs | if [ -n "$only" ]; then grep -E -- "$only"; else cat; fi)
if $list; then
  echo "$chosen"
  exit 0
fi
if [ -z "$chosen" ]; then
  echo "No run matches $only; \`lab/capture.sh --list\` lists them." >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then
  echo "Network namespaces and tunnel devices need root: run it with sudo, or in a container of your own." >&2
  exit 2
fi

# Debian's packages, installed with a sentence.
missing=()
for pair in iodine:iodine dns2tcpc:dns2tcp dnsmasq:dnsmasq-base tcpdump:tcpdump socat:socat ip:iproute2; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "· installing ${missing[*]} by apt-get (a minute at most)"
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"/tmp/real-lab-apt.$$" 2>&1; then
    echo "apt-get did not install them; its words are in /tmp/real-lab-apt.$$." >&2
    exit 2
  fi
  rm -f "/tmp/real-lab-apt.$$"
fi
if [ ! -c /dev/net/tun ]; then
  echo "There is no /dev/net/tun; iodine needs the kernel's tun module (modprobe tun)." >&2
  exit 2
fi

converter=${WAKEFUL_CAPTURE:-}
if [ -z "$converter" ]; then
  echo "· compiling the converter (a minute at most)"
  (cd "$here" && cargo build --release --quiet --package wakeful-capture) || exit 2
  converter=${CARGO_TARGET_DIR:-$here/target}/release/wakeful-capture
fi

mkdir -p "$out" || exit 2
out=$(cd "$out" && pwd)
tag=wk$$

# Ends the processes of the namespaces whose names begin with $1 (ours alone: the names hold our
# process number), then the namespaces, their devices with them.
sweep() {
  local space
  for space in $(ip netns list | awk '{print $1}' | grep "^$1"); do
    ip netns pids "$space" 2>/dev/null | xargs -r kill 2>/dev/null
  done
  sleep 0.3
  for space in $(ip netns list | awk '{print $1}' | grep "^$1"); do
    ip netns pids "$space" 2>/dev/null | xargs -r kill -9 2>/dev/null
    ip netns del "$space" 2>/dev/null
  done
}
finish() {
  trap - EXIT INT TERM
  local job
  for job in $(jobs -p); do kill "$job" 2>/dev/null; done
  wait 2>/dev/null
  sweep "$tag-"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Waits until a command succeeds, for $1 seconds at most.
until_true() {
  local left=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || return 1
    sleep 0.2
  done
}

# Namespaces $C, $R and $S and the cables between them.
network() {
  local space
  for space in "$C" "$R" "$S"; do
    ip netns add "$space" || return 1
    ip netns exec "$space" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
    ip -n "$space" link set lo up
  done
  ip -n "$C" link add up0 type veth peer name down0 netns "$R" || return 1
  ip -n "$R" link add up0 type veth peer name down0 netns "$S" || return 1
  ip -n "$C" addr add 10.53.1.2/24 dev up0 && ip -n "$R" addr add 10.53.1.1/24 dev down0
  ip -n "$R" addr add 10.53.2.1/24 dev up0 && ip -n "$S" addr add 10.53.2.2/24 dev down0
  for pair in "$C up0" "$R down0" "$R up0" "$S down0"; do
    # shellcheck disable=SC2086
    set -- $pair
    ip -n "$1" link set "$2" up || return 1
  done
}

# A direct way from client to server, which raw mode needs.
direct_way() {
  ip netns exec "$R" sysctl -q -w net.ipv4.ip_forward=1
  ip -n "$C" route add 10.53.2.0/24 via 10.53.1.1
  ip -n "$S" route add 10.53.1.0/24 via 10.53.2.1
}

# What answers at the far end of the tunnel: an echo, a sink, a source. $1: the address.
services() {
  ip netns exec "$S" socat "TCP-LISTEN:7,bind=$1,fork,reuseaddr" EXEC:cat &
  ip netns exec "$S" socat "TCP-LISTEN:9,bind=$1,fork,reuseaddr" "SYSTEM:head -c $BYTES >/dev/null" &
  ip netns exec "$S" socat -U "TCP-LISTEN:19,bind=$1,fork,reuseaddr" \
    "SYSTEM:head -c $BYTES /dev/urandom; sleep $LONGEST" &
}

# Somebody types: a few bytes, then a thought.
typing() {
  local end=$((SECONDS + IDLE))
  while [ $SECONDS -lt $end ]; do
    head -c $((RANDOM % 24 + 1)) /dev/urandom
    sleep "$((RANDOM % 2)).$((RANDOM % 90 + 10))"
  done
}

# $1: the load, $2: address, $3 to $5: ports of echo, sink and source, as the client reaches them.
load() {
  local here=(ip netns exec "$C" timeout "$LONGEST")
  case $1 in
    idle) ip netns exec "$C" sleep "$IDLE" ;;
    trickle) typing | "${here[@]}" socat -t 2 - "TCP:$2:$3" >/dev/null ;;
    # The sink hangs up when it has all: the sender's end of the line is no sign of that.
    up)
      "${here[@]}" socat - "TCP:$2:$4" \
        < <(ip netns exec "$C" sh -c "head -c $BYTES /dev/urandom; exec sleep $LONGEST")
      ;;
    down) "${here[@]}" bash -c "exec 5<>/dev/tcp/$2/$5 && head -c $BYTES <&5 >/dev/null" ;;
  esac
}

iodine_run() { # type codec load direct
  local options=(-f -P "$PASSWORD" -d dns0) inside=172.31.53.1
  [ "$4" = yes ] || options+=(-r)
  [ "$1" = raw ] || options+=(-T "$1")
  case $2 in auto | none) ;; *) options+=(-O "$2") ;; esac
  ip netns exec "$S" iodined -f -c -P "$PASSWORD" -d dns0 -n 10.53.2.2 "$inside/24" "$ZONE" &
  until_true 10 ip -n "$S" addr show dev dns0 || return 1
  services "$inside"
  ip netns exec "$C" iodine "${options[@]}" 10.53.1.1 "$ZONE" &
  until_true 50 grep -q "setup complete" "$folder/log.txt" || return 1
  load "$3" "$inside" 7 9 19
}

dns2tcp_run() { # type codec load direct
  local options=(-z "$ZONE" -T "$1") resource port=7
  [ "$2" = plain ] || options+=(-c)
  case $3 in
    up) resource=sink ;;
    down) resource=source ;;
    *) resource=echo ;;
  esac
  printf 'listen = 10.53.2.2\nport = 53\nuser = nobody\nchroot = %s\ndomain = %s\nresources = %s\n' \
    "$folder/empty" "$ZONE" "echo:127.0.0.1:7,sink:127.0.0.1:9,source:127.0.0.1:19" >"$folder/dns2tcpd.conf"
  mkdir -p "$folder/empty"
  services 127.0.0.1
  ip netns exec "$S" dns2tcpd -F -f "$folder/dns2tcpd.conf" &
  sleep 0.5
  ip netns exec "$C" dns2tcpc "${options[@]}" -r "$resource" -l 7000 10.53.1.1 &
  sleep 1
  if [ "$3" = idle ]; then
    # An open connection over which nothing is said.
    ip netns exec "$C" sleep "$IDLE" | ip netns exec "$C" timeout "$LONGEST" socat - TCP:127.0.0.1:7000 >/dev/null
  else
    load "$3" 127.0.0.1 7000 7000 7000
  fi
}

one() { # name tool type codec load direct number
  local folder=$out/$1 C=$tag-$7-c R=$tag-$7-r S=$tag-$7-s outcome=done begun=$SECONDS
  rm -rf "$folder"
  mkdir -p "$folder"
  exec >"$folder/log.txt" 2>&1
  network || { say "· $1: no network namespaces"; sweep "$tag-$7-"; return; }
  [ "$6" = yes ] && direct_way
  # All questions to the relay leave by one port, so it needs to know one asker only.
  ip netns exec "$R" "$converter" relay 127.0.0.1:5300 10.53.2.2:53 "$DELAY" &
  ip netns exec "$R" dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= \
    --listen-address=10.53.1.1 --bind-interfaces --cache-size=1000 --query-port=5301 \
    "--server=/$ZONE/127.0.0.1#5300" &
  ip netns exec "$C" tcpdump -i up0 -U -n -s 0 -w "$folder/capture.pcap" ip &
  until_true 5 test -s "$folder/capture.pcap"
  sleep 0.5
  "$2_run" "$3" "$4" "$5" "$6" || outcome="broke off"
  sleep 1.5
  sweep "$tag-$7-"
  rm -rf "$folder/empty"
  {
    printf 'name\ttool\ttype\tcodec\tload\tdirect\tclient\tresolver\tserver\tzone\toutcome\n'
    printf '%s\t' "$1" "$2" "$3" "$4" "$5" "$6" 10.53.1.2 10.53.1.1 10.53.2.2 "$ZONE"
    printf '%s\n' "$outcome"
  } >"$folder/truth.tsv"
  say "· $1: $outcome after $((SECONDS - begun)) s"
}

exec 3>&1
say() { echo "$1" >&3; }

count=$(echo "$chosen" | wc -l)
say "· $count runs, $PARALLEL at once, into $out; about $((count * 36 / PARALLEL / 60 + 1)) minutes"
number=0
while read -r name tool type codec load direct; do
  while [ "$(jobs -rp | wc -l)" -ge "$PARALLEL" ]; do wait -n; done
  number=$((number + 1))
  (trap - EXIT; one "$name" "$tool" "$type" "$codec" "$load" "$direct" "$number" </dev/null) &
done <<<"$chosen"
wait
sweep "$tag-"

say "· turning the captures into logs"
"$converter" logs "$out"
