# SPDX-License-Identifier: BSD-3-Clause
# Sourced by the live suites: mail from real clients, out of the client's namespace of rig.sh.

send_many() { # SESSIONS COUNT OCTETS FROM TO [SERVER]
  rig_client smtp-source -s "$1" -m "$2" -l "$3" -f "$4" -t "$5" -M client.example.org "${6:-$RIG_SERVER}:25"
}

# swaks fails when all recipients are refused: that is often what is wanted here.
send_one() { # SWAKS OPTIONS...
  rig_client swaks --server $RIG_SERVER --helo client.example.org --from alice@example.net \
    --h-Message-Id "<$EPOCHREALTIME@client.example.org>" --hide-all "$@" </dev/null >/dev/null 2>&1 || true
}

# A connection that goes dark: what follows STARTTLS is seen by nobody on the way.
send_dark() {
  send_dark_lines | rig_client timeout 10 openssl s_client -starttls smtp -crlf -quiet -ign_eof \
    -connect $RIG_SERVER:25 >/dev/null 2>&1 || true
}

send_dark_lines() {
  local line
  for line in 'EHLO client.example.org' 'MAIL FROM:<dark@example.net>' \
    'RCPT TO:<user@example.org>' DATA 'Subject: seen by nobody' '' secret . QUIT; do
    sleep 0.05
    printf '%s\n' "$line"
  done
}
