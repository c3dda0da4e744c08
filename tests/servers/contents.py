# SPDX-License-Identifier: BSD-3-Clause
"""Contents of mails as no ordinary client makes them, from a seeded random source.

A shape gives octets as they should arrive; `stuffed` makes of them what goes on the wire behind DATA.
"""

SUBJECTS = [b"hello", b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße".encode(), b"", b"a" * 900, b"Re: Re: [x] ."]


def words(rnd):
  return b" ".join(b"%x" % rnd.randrange(1 << 20) for _ in range(rnd.randrange(1, 9)))


def text(rnd):
  return b"".join(words(rnd) + b"\r\n" for _ in range(rnd.randrange(1, 30)))


def dots(rnd):
  return b"".join(b"." * rnd.randrange(5) + b"x" * rnd.randrange(2) + b"\r\n" for _ in range(rnd.randrange(1, 60)))


def only_dots(rnd):
  return b".\r\n..\r\n...\r\n.\r\n" * rnd.randrange(1, 20)


def long_lines(rnd):
  return b"".join(b"." * rnd.randrange(2) + b"y" * rnd.randrange(900, 9000) + b"\r\n" for _ in range(rnd.randrange(1, 6)))


def eight_bit(rnd):
  octets = bytes(o for o in range(1, 256) if o not in (10, 13))
  return b"".join(bytes(rnd.choices(octets, k=rnd.randrange(1, 300))) + b"\r\n" for _ in range(rnd.randrange(1, 20)))


def nul(rnd):
  return b"".join(words(rnd) + rnd.choice([b"\0", b"\0\0", b"", b"\0 z"]) + b"\r\n" for _ in range(rnd.randrange(1, 9)))


def bare_lf(rnd):
  return b"".join(rnd.choice([b"", b".", b"..", b"a", b"b c"]) + rnd.choice([b"\n", b"\r\n"]) for _ in range(30)) + b"e\r\n"


def bare_cr(rnd):
  return b"".join(rnd.choice([b"a", b"b.", b" c"]) + rnd.choice([b"\r", b"\r\r\n", b"\r\n"]) for _ in range(30)) + b"e\r\n"


def mixed(rnd):
  return b"".join(rnd.choice([b"\r", b"\n", b".", b"x", b"\r\n", b" ", b"y\r\n"]) for _ in range(rnd.randrange(1, 120)))


def commands(rnd):
  return b"QUIT\r\nRSET\r\nMAIL FROM:<refused.inside@client.example>\r\nDATA\r\n250 ok\r\n354 go\r\n" + words(rnd) + b"\r\n"


def near_segments(rnd):
  # The dot that ends the mail falls before, on and behind the end of a segment.
  return b"z" * (1448 - 300 + rnd.randrange(400)) + b"\r\n"


def big(rnd):
  return (b"%060d\r\n" % rnd.randrange(10**50)) * rnd.randrange(400, 3000)


def empty(rnd):
  return b""


PLAIN = [text, text, dots, only_dots, long_lines, eight_bit, commands, near_segments, empty]
ODD = [nul, bare_lf, bare_cr, mixed]


def header(rnd, token):
  lines = [b"X-Token: " + token, b"Subject: " + rnd.choice(SUBJECTS)]
  if rnd.randrange(4) == 0:
    lines.append(b"X-Folded: a\r\n b\r\n\tc")
  if rnd.randrange(9) == 0:
    lines.append(rnd.choice([b"Received: from a by b; now", b"Date: then", b"Message-Id: <" + token + b"@client.example>",
      b"X-Empty:", b"X-Blanks:   ", b"Return-Path: <a@b>", b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x"]))
  rnd.shuffle(lines)
  return b"".join(line + b"\r\n" for line in lines)


def odd_header(rnd, token):
  odd = rnd.choice([b"a\nb", b"a\rb", b"a\n b", b"a\r\r\nX-B: c", b"a\0b", b"a\n.b", b"\xfc", b"\n", b"\r"])
  return header(rnd, token) + rnd.choice([b"X-Odd: ", b"no field ", b"X-Odd : ", b" ", b""]) + odd + b"\r\n" + header(rnd, token)


def content(rnd, token):
  """Returns the octets, and whether all their lines are ordinary ones."""
  if rnd.randrange(60) == 0:
    return rnd.choice([b"", b"\r\n", b".\r\n", b"..\r\n.\r\n", token + b"\r\n"]), True
  if rnd.randrange(60) == 0:
    return header(rnd, token) + b"\r\n" + big(rnd), True
  if rnd.randrange(20) == 0:
    return header(rnd, token), True
  if rnd.randrange(30) == 0:
    return odd_header(rnd, token) + b"\r\n" + text(rnd), False
  if rnd.randrange(4) == 0:
    return header(rnd, token) + b"\r\n" + rnd.choice(ODD)(rnd), False
  return header(rnd, token) + b"\r\n" + rnd.choice(PLAIN)(rnd), True


def stuffed(octets, behind_any_lf=True):
  """As behind DATA: with dots doubled and a last line end, but without the end itself."""
  if not octets.endswith(b"\r\n") and octets:
    octets += b"\r\n"
  out = octets.replace(b"\n.", b"\n..") if behind_any_lf else octets.replace(b"\r\n.", b"\r\n..")
  return b"." + out if out.startswith(b".") else out
