# SPDX-License-Identifier: BSD-3-Clause
"""What each server does to a content on its way into the queue, so that the same can be done to what mailtap stored.

Each change stands in the table with the reason why mailtap's octets are the right account all the same: it stores what
the wire carried (dots unstuffed), the servers what their queue files hold.
"""
import re

# server, change, why
TABLE = [
  ("all", "CRLF becomes LF", "queue files keep lines as the system does"),
  ("all", "a Received field is put in front", "the server's own; taken off before the comparison"),
  ("all", "a recipient named twice is kept once", "each RCPT was accepted, so mailtap tells both"),
  ("all", "addresses: case, <>, quotes and source routes go", "mailtap tells the path as it was given (RFC 5321 4.1.2)"),
  ("postfix", "all CRs in front of an LF go with it", "smtp_get; on the wire they are there"),
  ("postfix", "any other CR becomes a space", "cleanup_replace_stray_cr_lf"),
  ("postfix", "an empty line is put before a first line that is no field", "to end the header it began itself"),
  ("postfix", "blanks in front of a field's colon go", "cleanup, is_header"),
  ("postfix", "a header line ends at its first NUL", "C strings"),
  ("postfix", "a last line without an end gets one (BDAT)", "records are lines"),
  ("exim", "a bare LF of the body becomes a space", "the same, where the first line ended in CRLF; such an LF ends no line"),
  ("exim", "a bare CR of the body becomes LF", "receive.c, read_message_data_smtp"),
  ("exim", "a bare CR of the header becomes LF and a space", "receive.c, receive_msg: so that it cannot end a field"),
  ("exim", "a bare LF of the header becomes LF and a space", "the same, where the first line ended in CRLF"),
  ("exim", "header and body are kept apart, the line between them nowhere", "compared one after the other"),
  ("exim", "blanks at the end of a header line go", "receive.c: trailing white space"),
  ("exim", "a NUL of the header becomes a question mark", "receive.c, receive_msg"),
  ("smtpd", "one CR in front of an LF goes with it", "smtp_io"),
  ("smtpd", "a line ends at its first NUL", "it handles lines as C strings"),
  ("smtpd", "Bcc fields go, To, Cc and From are written again", "smtp_tx_dataline"),
]

FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")


def split_lines(octets):
  return re.findall(rb"[^\n]*\n|[^\n]+$", octets)


def postfix_line(line):
  end = b"\n" if line.endswith(b"\n") else b""
  return (line.rstrip(b"\r\n") if end else line).replace(b"\r", b" ") + end


def postfix(octets, carried):
  lines = [postfix_line(line) for line in split_lines(octets)]
  if lines and not lines[-1].endswith(b"\n"):
    lines[-1] += b"\n"
  for at, line in enumerate(lines):
    if line == b"\n":
      break
    if not FIELD.match(line) and not (at and line[:1] in b" \t"):
      lines.insert(at, b"\n")
      break
    lines[at] = re.sub(rb"^([^ \t:]+)[ \t]+:", rb"\1:", line).split(b"\0")[0].rstrip(b"\n") + b"\n"
  return b"".join(lines)


def exim_line(octets, at, crlf):
  """One line of the header with its continuation lines as receive_msg reads it; whether the first line ended in CRLF."""
  line = b""
  while at < len(octets):
    c = octets[at:at + 1]
    at += 1
    if c == b"\r" and octets[at:at + 1] != b"\n":
      line += b"\n "
      continue
    if c == b"\r" or c == b"\n":
      at += c == b"\r"
      line += b"\n"
      if c == b"\n" and crlf:
        line += b" "
        continue
      crlf = c == b"\r" if crlf is None else crlf
      if line == b"\n" or octets[at:at + 1] not in (b" ", b"\t"):
        break
    else:
      line += c
  return line, at, crlf


def exim(octets, carried):
  """Header and body as its two files hold them."""
  header, rest, at, crlf = [], b"", 0, None
  while at < len(octets):
    bare = octets[at:at + 1] == b"\n"
    line, at, crlf = exim_line(octets, at, crlf)
    if line == b"\n" or bare:
      rest = line[1:]
      break
    if not FIELD.match(line):
      rest = line
      break
    header.append(re.sub(rb"\n[ \t]+(?=\n)", b"", line).replace(b"\0", b"?"))
  body = octets[at:]
  if carried == "DATA" and crlf:
    body = re.sub(rb"(?<!\r)\n", b" ", body)
  if carried == "BDAT":
    body = re.sub(rb"\r\Z", b"", body)
    body += b"" if body.endswith(b"\n") or not body else b"\n"
  return b"".join(header) + rest + body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def smtpd(octets, carried):
  out = []
  for line in split_lines(octets):
    line = line[:-2] if line.endswith(b"\r\n") else line.rstrip(b"\n")
    out.append(line.split(b"\0")[0] + b"\n")
  return b"".join(out)
