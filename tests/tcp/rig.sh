# SPDX-License-Identifier: BSD-3-Clause
# Sourced by tests/tcp/run: a sender that makes its own segments, a router, and the kernel's TCP.
#
#   sender ns  c0 ── r0  router ns  r1 ── s0  server ns
#
# The tap is at c0: what dies at the router was seen. The sender's addresses are nobody's, so no
# kernel answers for them; the router is told where they are.

tcp_in() { # sender|router|server COMMAND...
  local ns="mt$$-$1"
  shift
  ip netns exec "$ns" "$@"
}

tcp_link() { # NAMESPACE DEVICE NAMESPACE DEVICE
  local ns
  ip link add "$2" netns "mt$$-$1" type veth peer name "$4" netns "mt$$-$3"
  for ns in "$1 $2" "$3 $4"; do
    # shellcheck disable=SC2086
    set -- $ns
    tcp_in "$1" ethtool -K "$2" tso off gso off gro off tx off rx off >/dev/null
    tcp_in "$1" sysctl -qw "net.ipv4.conf.$2.rp_filter=0"
    ip -n "mt$$-$1" link set "$2" addrgenmode none txqueuelen 20000 up
  done
}

tcp_neighbour() { # NAMESPACE DEVICE ADDRESS ADDRESS MAC
  ip -n "mt$$-$1" neigh add "$3" lladdr "$5" dev "$2" nud permanent
  ip -n "mt$$-$1" neigh add "$4" lladdr "$5" dev "$2" nud permanent
}

tcp_up() {
  local role mac host
  for role in sender router server; do
    ip netns add "mt$$-$role" || return 1
    ip -n "mt$$-$role" link set lo up
  done
  tcp_in sender sysctl -qw net.ipv6.conf.default.disable_ipv6=1
  tcp_link sender c0 router r0
  tcp_link router r1 server s0
  tcp_in router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 \
    net.ipv4.conf.all.send_redirects=0
  # The kernel's answers to forgeries must not be fewer than the forgeries.
  tcp_in server sysctl -qw net.ipv4.conf.all.rp_filter=0 net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096 \
    net.ipv4.tcp_syncookies=0 net.ipv4.tcp_timestamps=1 net.ipv4.tcp_invalid_ratelimit=0
  ip -n "mt$$-router" addr add 198.51.100.254/24 dev r0
  ip -n "mt$$-router" addr add 2001:db8:100::fe/64 dev r0 nodad
  ip -n "mt$$-router" addr add 192.0.2.254/24 dev r1
  ip -n "mt$$-router" addr add 2001:db8:25::fe/64 dev r1 nodad
  ip -n "mt$$-server" addr add 192.0.2.25/24 dev s0
  ip -n "mt$$-server" addr add 2001:db8:25::25/64 dev s0 nodad
  ip -n "mt$$-server" route add default via 192.0.2.254
  ip -n "mt$$-server" route add default via 2001:db8:25::fe
  # Nobody asks who is where: no answer can be late or missing.
  tcp_neighbour router r1 192.0.2.25 2001:db8:25::25 "$(tcp_in server cat /sys/class/net/s0/address)"
  tcp_neighbour server s0 192.0.2.254 2001:db8:25::fe "$(tcp_in router cat /sys/class/net/r1/address)"
  mac=$(tcp_in sender cat /sys/class/net/c0/address)
  for host in 1 2 3 4 5 6 7 8; do
    tcp_neighbour router r0 198.51.100.$host 2001:db8:100::$host "$mac"
  done
  TCP_GATEWAY=$(tcp_in router cat /sys/class/net/r0/address)
}

# The same sender on the rig of tests/live, beside its own client.
tcp_on_live() {
  local mac
  mac=$(tcp_in client cat /sys/class/net/c0/address)
  tcp_neighbour server s0 198.51.100.1 2001:db8:100::1 "$mac"
  tcp_in server sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_invalid_ratelimit=0
  TCP_GATEWAY=$(tcp_in server cat /sys/class/net/s0/address)
}

tcp_down() {
  local role
  for role in sender router server; do
    ip netns del "mt$$-$role" 2>/dev/null
  done
  return 0
}
