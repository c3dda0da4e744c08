#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sends ordinary mails to one server with smtplib, swaks, msmtp and curl: attachments, lines of dots, long lines, UTF-8.

    ordinary.py KIND ADDRESS COUNT FOLDER       COUNT: of each client
"""
import base64
import smtplib
import subprocess
import sys
import time

BODIES = ["short\n", ".\n..\n...a\n.\n", "Grüße, ß, 日本\n", "x" * 3000 + "\n" + "y" * 900 + "\n", "", "a\n\n\n.b\n" * 50]


def attached(number):
  octets = base64.encodebytes(bytes(range(256)) * (1 + number % 40)).decode()
  return ("--=_part\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename=a.bin\n\n" + octets + "--=_part--\n")


def build(number, body):
  with_part = number % 3 == 0
  header = (f"From: alice@client.example\nTo: user1@example.org\nSubject: ordinary {number}\nMIME-Version: 1.0\n"
    f"Date: Sat, 28 Nov 2026 10:00:00 +0000\nMessage-Id: <{number}@client.example>\n")
  plain = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body
  if with_part:
    text = header + "Content-Type: multipart/mixed; boundary=\"=_part\"\n\n--=_part\n" + plain + attached(number)
  else:
    text = header + plain
  return text.replace("\n", "\r\n").encode()


def by_smtplib(address, octets, number):
  with smtplib.SMTP(address, 25, "client.example", timeout=20) as client:
    for _ in range(1 + number % 3):
      client.sendmail("alice@client.example", ["user1@example.org", "user2@example.org"], octets, ["BODY=8BITMIME"])


def by_command(octets, *command):
  subprocess.run(command, input=octets, timeout=30, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def send(how, address, octets, number, folder):
  rcpt = f"user{number % 4}@example.org"
  if how == "smtplib":
    by_smtplib(address, octets, number)
  elif how == "swaks":
    by_command(octets, "swaks", "--server", address, "--helo", "client.example", "--from", "bob@client.example", "--to", rcpt, "--data", "-")
  elif how == "msmtp":
    by_command(octets, "msmtp", "-C", "/dev/null", f"--host={address}", "--domain=client.example", "--from=carol@client.example",
      "--auto-from=off", rcpt)
  else:
    name = f"{folder}/curl.eml"
    with open(name, "wb") as f:
      f.write(octets)
    by_command(None, "curl", "--silent", "--show-error", f"smtp://{address}/client.example", "--mail-from", "dave@client.example",
      "--mail-rcpt", rcpt, "--mail-rcpt", "user3@example.org", "--upload-file", name)


def send_surely(kind, how, address, octets, number, folder):
  """A server that is just being started again gets a second. A mail that came in twice is no fault: both are compared."""
  for last in (False, False, True):
    try:
      send(how, address, octets, number, folder)
      return True
    except (OSError, smtplib.SMTPException, subprocess.SubprocessError) as e:
      if last:
        print(f"{kind}: {how} failed on mail {number}: {e} {getattr(e, 'stderr', b'')!r}")
      time.sleep(0.5)
  return False


def main():
  kind, address, count, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
  failed = 0
  for number in range(count):
    octets = build(number, BODIES[number % len(BODIES)])
    for how in ("smtplib", "swaks", "msmtp", "curl"):
      failed += not send_surely(kind, how, address, octets, number, folder)
  print(f"{kind}: {count} ordinary mails by each of four clients, {failed} failed")
  return 1 if failed else 0


sys.exit(main())
