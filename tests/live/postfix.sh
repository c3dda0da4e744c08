# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the live suites: a private Postfix in the server's namespace of rig.sh. It keeps a copy
# of every mail it accepts, changed in nothing but the headers in front.

POSTFIX_DAEMONS=/usr/lib/postfix/sbin

postfix_config() { # DIR
  cat <<END
compatibility_level = 3.7
queue_directory = $1/queue
data_directory = $1/data
command_directory = /usr/sbin
daemon_directory = $POSTFIX_DAEMONS
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = $RIG_SERVER, [$RIG_SERVER6]
inet_protocols = all
maillog_file = $1/log/mail.log
maillog_file_prefixes = $1
syslog_name = mx
enable_long_queue_ids = yes
notify_classes =
virtual_mailbox_domains = example.org
virtual_mailbox_base = $1/store
virtual_mailbox_maps = regexp:{{/^[0-9]*(user|list|sales)[0-9]*@example\.org\$\$/ box/}}
virtual_mailbox_limit = 0
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_minimum_uid = 1
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_client_event_limit_exceptions = static:all
smtpd_error_sleep_time = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = $1/etc/cert.pem
smtpd_tls_key_file = $1/etc/key.pem
message_size_limit = 20000000
header_checks = regexp:{{/^X-Refuse:/ REJECT refused after its content}}
disable_mime_input_processing = yes
local_header_rewrite_clients =
message_drop_headers =
in_flow_delay = 0
END
}

postfix_up() { # DIR
  local dir=$1
  mkdir -p "$dir/etc/postfix-files.d" "$dir/queue" "$dir/data" "$dir/log" "$dir/store"
  chmod 755 "$dir"
  chown postfix "$dir/data"
  chown nobody "$dir/store"
  cp /etc/postfix/postfix-files /etc/postfix/dynamicmaps.cf "$dir/etc/"
  # chroot off: the queue folder holds nothing but mail.
  sed -E 's/^([a-z0-9:]+ +[a-z-]+ +[yn-] +[yn-] +)y/\1n/' \
    /usr/share/postfix/master.cf.dist >"$dir/etc/master.cf"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/etc/key.pem" -out "$dir/etc/cert.pem" \
    -days 2 -subj /CN=mx.example.org >/dev/null 2>&1
  postfix_config "$dir" >"$dir/etc/main.cf"
  rig_server postfix -c "$dir/etc" start >"$dir/log/start" 2>&1 </dev/null || return 1
  rig_wait 10 rig_client bash -c "exec 3<>/dev/tcp/$RIG_SERVER/25" 2>/dev/null
}

postfix_down() { # DIR
  local dir=$1
  [ ! -e "$dir/queue/pid/master.pid" ] ||
    rig_server postfix -c "$dir/etc" stop >"$dir/log/stop" 2>&1 </dev/null
}

# Every mail that came into the queue is out of it again, and so in the store.
postfix_is_idle() { # DIR
  local in out
  in=$(grep -c 'qmgr\[.*(queue active)' "$1/log/mail.log")
  out=$(grep -c 'qmgr\[.*: removed$' "$1/log/mail.log")
  [ "$in" -eq "$out" ] && [ "$in" -gt 0 ]
}
