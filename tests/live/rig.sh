# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the live suites: a passive tap made of network namespaces.
#
#   client ns  c0 ───────── s0  server ns
#                            │ what s0 receives is copied to xa, what it sends to xb
#                  tapa ── xa│xb ── tapb
#                  tap ns
#
# Names carry the process id, so runs do not meet. rig_down removes whatever rig_up made.

RIG_SERVER=192.0.2.25
RIG_SERVER6=2001:db8:25::25
RIG_CLIENT=198.51.100.7
RIG_CLIENT6=2001:db8:100::7
RIG_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
RIG_TOP=$(cd "$RIG_HERE/../.." && pwd)
RIG_USER=64321
RIG_MAILTAP=${MAILTAP:-$RIG_TOP/build/app/mailtap/mailtap}

rig_client() { ip netns exec "mt$$-client" "$@"; }
rig_server() { ip netns exec "mt$$-server" "$@"; }
rig_tap() { ip netns exec "mt$$-tap" "$@"; }

# Offload would merge segments and leave checksums open: a tap's mirror must carry plain frames.
rig_plain() { # NAMESPACE DEVICE...
  local ns=$1 device
  shift
  for device in "$@"; do
    ip netns exec "$ns" ethtool -K "$device" tso off gso off gro off tx off rx off >/dev/null
  done
}

rig_leg() { # LETTER: a veth pair from the server's namespace into the tap's
  local device
  ip link add "x$1" netns "mt$$-server" type veth peer name "tap$1" netns "mt$$-tap"
  rig_server sysctl -qw "net.ipv6.conf.x$1.disable_ipv6=1"
  rig_tap sysctl -qw "net.ipv6.conf.tap$1.disable_ipv6=1"
  ip -n "mt$$-server" link set "x$1" up
  ip -n "mt$$-tap" link set "tap$1" up promisc on
  rig_plain "mt$$-server" "x$1"
  rig_plain "mt$$-tap" "tap$1"
}

rig_mirror() { # ingress|egress DEVICE
  rig_server tc filter add dev s0 "$1" protocol all prio 1 u32 match u32 0 0 \
    action mirred egress mirror dev "$2"
}

rig_up() {
  local role
  for role in client server tap; do
    ip netns add "mt$$-$role"
    ip -n "mt$$-$role" link set lo up
  done
  ip link add c0 netns "mt$$-client" type veth peer name s0 netns "mt$$-server"
  ip -n "mt$$-client" addr add $RIG_CLIENT/24 dev c0
  ip -n "mt$$-server" addr add $RIG_SERVER/24 dev s0
  ip -n "mt$$-client" addr add $RIG_CLIENT6/64 dev c0 nodad
  ip -n "mt$$-server" addr add $RIG_SERVER6/64 dev s0 nodad
  ip -n "mt$$-client" link set c0 up
  ip -n "mt$$-server" link set s0 up
  ip -n "mt$$-client" route add 192.0.2.0/24 dev c0
  ip -n "mt$$-server" route add 198.51.100.0/24 dev s0
  ip -n "mt$$-client" route add 2001:db8:25::/64 dev c0
  ip -n "mt$$-server" route add 2001:db8:100::/64 dev s0
  rig_plain "mt$$-client" c0
  rig_plain "mt$$-server" s0
  rig_leg a
  rig_leg b
  rig_server tc qdisc add dev s0 clsact
  rig_mirror ingress xa
  rig_mirror egress xb
}

rig_down() {
  local role
  for role in client server tap; do
    ip netns del "mt$$-$role" 2>/dev/null
  done
  return 0
}

rig_wait() { # SECONDS COMMAND...: until the command is true; 1 when it never was
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.1
  done
}

# Starts mailtap in the tap's namespace and waits until it says that it captures. Sets RIG_PID.
# DIR gets config.yaml (from standard input), spool/, eml/ and the log mailtap.log.
rig_mailtap_start() { # DIR
  mkdir -p "$1/eml"
  cat >"$1/config.yaml"
  # It gives root up, as it does in use: nobody's number, who may pass here.
  chmod o+x "$(dirname "$1")" "$1"
  chown "$RIG_USER" "$1/eml"
  # Not by rig_tap: RIG_PID must be the program's own, not that of a shell around it.
  ip netns exec "mt$$-tap" "$RIG_MAILTAP" run -v -c "$1/config.yaml" --spool "$1/spool" --eml "$1/eml" \
    --set user="$RIG_USER" --set group="$RIG_USER" \
    >"$1/mailtap.log" 2>&1 </dev/null &
  RIG_PID=$!
  rig_wait 30 rig_mailtap_settled "$1" && ! rig_gone "$RIG_PID"
}

rig_mailtap_settled() { # DIR
  rig_gone "$RIG_PID" || grep -q 'capturing on' "$1/mailtap.log"
}

# SIGTERM, then its exit status.
rig_mailtap_stop() {
  local pid=$RIG_PID
  RIG_PID=
  kill -TERM "$pid" 2>/dev/null
  rig_wait 60 rig_gone "$pid" || kill -KILL "$pid"
  wait "$pid"
}

rig_gone() { # PID: ended, perhaps not yet waited for
  local state
  state=$(awk '/^State:/ {print $2}' "/proc/$1/status" 2>/dev/null)
  [ -z "$state" ] || [ "$state" = Z ]
}

# Results: one line a check, and the sum at the end.
RIG_PASSED=0
RIG_FAILED=0
rig_check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then
    RIG_PASSED=$((RIG_PASSED + 1))
    printf 'ok    %s\n' "$what"
  else
    RIG_FAILED=$((RIG_FAILED + 1))
    printf 'FAIL  %s\n' "$what"
  fi
}

# Every record is as the schema says.
rig_records() { # SPOOL...
  "$RIG_TOP/tests/record/validate" "$@"
}

rig_end() { # NAME: the last line, and the exit status
  printf 'live %s: %d passed, %d failed\n' "$1" $RIG_PASSED $RIG_FAILED
  [ $RIG_FAILED -eq 0 ] && [ $RIG_PASSED -gt 0 ]
}
