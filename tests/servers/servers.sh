# SPDX-License-Identifier: BSD-3-Clause
# Sourced by tests/servers/run: Postfix, Exim and OpenSMTPD side by side in the server's namespace of rig.sh. Each keeps
# what it accepted in its own queue and delivers nothing, so that its queue is the truth to compare with.
#
# All three refuse by the same names: a sender or recipient called refused… at once and for good, later… for now, a
# sender nodata… at DATA, eodperm… and eodtemp… after the content. Exim and OpenSMTPD cannot be installed beside Postfix:
# their packages are unpacked (tests/install unpacked), and run where /etc/passwd has their users.

SERVERS_EXIM=192.0.2.26
SERVERS_SMTPD=192.0.2.27
SERVERS_ALL=($RIG_SERVER $SERVERS_EXIM $SERVERS_SMTPD)
SERVERS_NAMES=(postfix exim smtpd)
SERVERS_UNPACKED=${MAILTAP_UNPACKED:-$RIG_TOP/build/unpacked}
SERVERS_PIDS=()

servers_addresses() {
  ip -n "mt$$-server" addr add $SERVERS_EXIM/32 dev s0 &&
    ip -n "mt$$-server" addr add $SERVERS_SMTPD/32 dev s0
}

# --- Postfix: every recipient's mail is put on hold

servers_postfix_config() { # DIR
  cat <<END
compatibility_level = 3.7
queue_directory = $1/queue
data_directory = $1/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = $RIG_SERVER
inet_protocols = ipv4
maillog_file = $1/log/mail.log
maillog_file_prefixes = $1
syslog_name = mx
enable_long_queue_ids = yes
hash_queue_names = defer
notify_classes =
virtual_mailbox_domains = example.org
virtual_mailbox_maps = regexp:{{/^user.*@example\.org\$\$/ box/}}
smtpd_delay_reject = no
smtpd_helo_restrictions = check_helo_access regexp:{{/^refused/ 550 not you}}
smtpd_sender_restrictions = check_sender_access regexp:{{/^refused/ 550 not from there} {/^later/ 450 not now}}
smtpd_recipient_restrictions = check_recipient_access regexp:{{/^later/ 450 not now}}, reject_unauth_destination,
  check_recipient_access static:HOLD
smtpd_data_restrictions = check_sender_access regexp:{{/^nodata/ 554 no content}}
smtpd_end_of_data_restrictions =
  check_sender_access regexp:{{/^eodperm/ 554 not this content} {/^eodtemp/ 451 not this content now}}
smtpd_client_event_limit_exceptions = static:all
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_junk_command_limit = 10000
smtpd_timeout = 30
default_process_limit = 200
max_use = 100000
smtpd_tls_security_level = none
message_size_limit = 2000000
disable_mime_input_processing = yes
local_header_rewrite_clients =
message_drop_headers =
in_flow_delay = 0
END
}

servers_postfix_up() { # DIR
  local dir=$1
  mkdir -p "$dir/etc/postfix-files.d" "$dir/queue" "$dir/data" "$dir/log"
  chown postfix "$dir/data"
  cp /etc/postfix/postfix-files /etc/postfix/dynamicmaps.cf "$dir/etc/"
  # chroot off: the queue folder holds nothing but mail.
  sed -E 's/^([a-z0-9:]+ +[a-z-]+ +[yn-] +[yn-] +)y/\1n/' \
    /usr/share/postfix/master.cf.dist >"$dir/etc/master.cf"
  servers_postfix_config "$dir" >"$dir/etc/main.cf"
  rig_server postfix -c "$dir/etc" start >"$dir/log/start" 2>&1 </dev/null && servers_answers $RIG_SERVER
}

# --- Exim: it only queues. It takes uninvited pipelining on port 587, and not on 25.

servers_exim_config() { # DIR
  cat <<END
primary_hostname = exim.example.org
spool_directory = $1/spool
log_file_path = $1/log/%slog
pid_file_path = $1/pid
local_interfaces = $SERVERS_EXIM
daemon_smtp_ports = 25 : 587
exim_user = Debian-exim
exim_group = Debian-exim
keep_environment =
queue_only = true
smtp_accept_max = 200
smtp_accept_max_per_host = 200
smtp_accept_queue_per_connection = 0
smtp_max_synprot_errors = 1000
smtp_max_unknown_commands = 1000
smtp_accept_max_nonmail = 10000
smtp_receive_timeout = 30s
message_size_limit = 2000000
pipelining_connect_advertise_hosts =
rfc1413_hosts =
host_lookup =
tls_advertise_hosts =
prdr_enable = false
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
acl_smtp_connect = on_connect
acl_smtp_helo = on_helo
acl_smtp_mail = on_mail
acl_smtp_rcpt = on_rcpt
acl_smtp_predata = on_predata
acl_smtp_data = on_data
acl_smtp_vrfy = accept
begin acl
on_connect:
  warn condition = \${if eq{\$received_port}{587}}
    control = no_enforce_sync
  accept
on_helo:
  deny condition = \${if match{\$sender_helo_name}{^refused}}
  accept
on_mail:
  deny senders = ^refused
  defer senders = ^later
  accept
on_rcpt:
  deny local_parts = ^refused
  defer local_parts = ^later
  accept domains = example.org
    local_parts = ^user
  deny
on_predata:
  deny senders = ^nodata
  accept
on_data:
  deny senders = ^eodperm
  defer senders = ^eodtemp
  accept
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\$auth3}{right}}
  server_set_id = \$auth2
  server_advertise_condition = true
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if eq{\$auth2}{right}}
  server_set_id = \$auth1
  server_advertise_condition = true
END
}

# Makes the view of the file system for the two that are not installed, then becomes the command.
servers_in_view() { # DIR COMMAND...
  local dir=$1
  shift
  rig_server unshare --mount --propagation private bash -c '
    dir=$1 unpacked=$2
    shift 2
    mount --bind "$dir/passwd" /etc/passwd && mount --bind "$dir/group" /etc/group &&
      mount --bind "$unpacked/opensmtpd/usr/libexec" /usr/libexec &&
      mount -t tmpfs -o mode=755 tmpfs /var/lib && mkdir -p /var/lib/opensmtpd/empty &&
      mount --bind "$dir/var-spool" /var/spool && mount -t tmpfs -o mode=755 tmpfs /run || exit 1
    exec "$@"' view "$dir" "$SERVERS_UNPACKED" "$@"
}

servers_view_up() { # DIR
  mkdir -p "$1/var-spool"
  {
    cat /etc/passwd
    echo 'Debian-exim:x:64331:64331::/nonexistent:/usr/sbin/nologin'
    echo 'opensmtpd:x:64332:64332::/nonexistent:/usr/sbin/nologin'
    echo 'opensmtpq:x:64333:64333::/nonexistent:/usr/sbin/nologin'
  } >"$1/passwd"
  {
    cat /etc/group
    echo 'Debian-exim:x:64331:'
    echo 'opensmtpd:x:64332:'
    echo 'opensmtpq:x:64333:'
  } >"$1/group"
}

servers_exim_up() { # DIR VIEW
  mkdir -p "$1/spool" "$1/log"
  servers_exim_config "$1" >"$1/exim.conf"
  chmod 644 "$1/exim.conf"
  chown -R 64331:64331 "$1/spool" "$1/log"
  chmod 755 "$1"
  servers_in_view "$2" "$SERVERS_UNPACKED/exim4-daemon-light/usr/sbin/exim4" -C "$1/exim.conf" -bdf \
    >"$1/log/out" 2>&1 </dev/null &
  SERVERS_PIDS+=($!)
  servers_answers $SERVERS_EXIM
}

# --- OpenSMTPD: its deliveries are paused

servers_smtpd_config() {
  cat <<END
smtp max-message-size 2000000
filter at_helo phase helo match helo regex "^refused" reject "550 not you"
filter at_ehlo phase ehlo match helo regex "^refused" reject "550 not you"
filter at_from phase mail-from match mail-from regex "^refused" reject "550 not from there"
filter at_from_later phase mail-from match mail-from regex "^later" reject "450 not now"
filter at_rcpt phase rcpt-to match rcpt-to regex "^refused" reject "550 not there"
filter at_rcpt_later phase rcpt-to match rcpt-to regex "^later" reject "450 not now"
filter at_data phase data match mail-from regex "^nodata" reject "554 no content"
filter at_end phase commit match mail-from regex "^eodperm" reject "554 not this content"
filter at_end_later phase commit match mail-from regex "^eodtemp" reject "451 not this content now"
filter at_all chain { at_helo, at_ehlo, at_from, at_from_later, at_rcpt, at_rcpt_later, at_data, at_end, at_end_later }
listen on $SERVERS_SMTPD port 25 filter at_all hostname smtpd.example.org
action keep relay host smtp://192.0.2.99
match from any for rcpt-to regex "^user.*@example\\.org$" action keep
END
}

servers_smtpd_up() { # DIR VIEW
  mkdir -p "$2/var-spool/smtpd"
  chmod 711 "$2/var-spool/smtpd"
  servers_smtpd_config >"$1/smtpd.conf"
  servers_smtpd_loop "$1" "$2" &
  SERVERS_PIDS+=($!)
  servers_answers $SERVERS_SMTPD
}

# A client that leaves at the wrong moment ends this version of it (a session is freed while a filter is asked). Then it
# is started again on the same queue, as a service manager would.
servers_smtpd_loop() { # DIR VIEW
  local pid=
  trap 'kill -TERM $pid 2>/dev/null; exit 0' TERM
  while :; do
    servers_in_view "$2" "$SERVERS_UNPACKED/opensmtpd/usr/sbin/smtpd" -d -P mta -P mda -f "$1/smtpd.conf" >>"$1/log" 2>&1 </dev/null &
    pid=$!
    wait $pid
    sleep 0.1
  done
}

# --- all of them

servers_answers() { # ADDRESS
  rig_wait 10 rig_client bash -c "exec 3<>/dev/tcp/$1/25 && read -t 5 -u 3" 2>/dev/null
}

servers_up() { # DIR
  mkdir -p "$1"/{postfix,exim,smtpd,view}
  servers_view_up "$1/view"
  servers_addresses && servers_postfix_up "$1/postfix" && servers_exim_up "$1/exim" "$1/view" &&
    servers_smtpd_up "$1/smtpd" "$1/view"
}

# Whatever still runs in the server's namespace was started for it: the daemons are not children of this shell.
servers_down() { # DIR
  local pid
  [ ! -e "$1/postfix/queue/pid/master.pid" ] ||
    rig_server postfix -c "$1/postfix/etc" stop >"$1/postfix/log/stop" 2>&1 </dev/null
  for pid in "${SERVERS_PIDS[@]}"; do
    kill -TERM "$pid" 2>/dev/null
  done
  SERVERS_PIDS=()
  for pid in $(ip netns pids "mt$$-server" 2>/dev/null); do
    kill -KILL "$pid" 2>/dev/null
  done
}
