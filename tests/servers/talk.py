# SPDX-License-Identifier: BSD-3-Clause
"""One connection's dialogue, drawn from a seeded random source: valid and invalid commands, mails by DATA and BDAT in
every way that a client may or may not. What is said depends on the seed and on the server's replies alone.
"""
import hashlib

import contents
import link

# Ends of data that some servers take: what stands in for CRLF.CRLF.
ODD_ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r\n.\r\r\n", b"\r\r\n.\r\r\n"]

NOISE = [b"NOOP", b"noop", b"NOOP with words", b"RSET x", b"VRFY user1", b"EXPN list", b"HELP", b"XYZZY", b"", b" ", b"NOOP ",
  b"MAIL", b"MAIL FROM", b"MAIL FROM:", b"MAIL FROM:<a", b"RCPT TO:<", b"RCPT", b"DATA x", b"BDAT", b"BDAT x", b"BDAT -1",
  b"BDAT 5 X", b"BDAT 0", b"ETRN x", b"TURN", b"AUTH", b"AUTH NONE", b"HELO", b"EHLO", b"250 ok", b"STARTTLS x", b"NOOP " + b"x" * 500,
  b"NOOP " + b"x" * 4000, "NOOP \xfc".encode("latin-1"), b"N\0OP", b"NOOP\r", b"XCLIENT NAME=x", b"QUIT x", b"\tNOOP"]
MAIL_PARAMS = [b"", b"", b"", b" SIZE=1000", b" BODY=8BITMIME", b" BODY=7BIT", b" SMTPUTF8", b" RET=HDRS ENVID=x+3Dy", b" SIZE=99999999",
  b" BODY=8BITMIME SIZE=20", b" NONSENSE=1", b" size=5 body=8bitmime"]
RCPT_PARAMS = [b"", b"", b"", b"", b" NOTIFY=SUCCESS,FAILURE", b" NOTIFY=NEVER", b" ORCPT=rfc822;x@client.example", b" NONSENSE"]


class Talk:
  def __init__(self, rnd, kind, address, name, note):
    self.rnd, self.kind, self.name, self.note = rnd, kind, name, note
    self.free = kind == "postfix" or kind == "exim" and rnd.randrange(2) == 0 # may say more than the server invites to
    self.link = link.Link(rnd, address, 587 if kind == "exim" and self.free else 25)
    self.count = 0

  # --- what is sent

  def one_in(self, n):
    return self.rnd.randrange(n) == 0

  def say(self, *lines):
    """Each command and its reply."""
    return [code for line in lines for code in self.burst(line)]

  def burst(self, *lines):
    """Commands at once, then their replies."""
    self.link.send(b"".join(line + b"\r\n" for line in lines))
    return self.link.replies(len(lines))

  def pipelines(self):
    return self.one_in(25) if self.kind == "smtpd" else self.one_in(2)

  def tell(self, *lines):
    return self.burst(*lines) if self.pipelines() else self.say(*lines)

  def noise(self):
    while self.one_in(4):
      line = self.rnd.choice(NOISE)
      # An end of line without its CR, or in another case.
      end = b"\n" if self.one_in(12) else b"\r\n"
      self.link.send(line + end)
      self.link.replies(1)

  def sender(self, word=None):
    self.count += 1
    token = b"%s-%d" % (self.name, self.count)
    if word is None:
      word = self.rnd.choice([b"refused", b"later", b"nodata", b"nodata", b"eodperm", b"eodtemp"]) if self.one_in(9) else b"ok"
    return token, word + b"." + token + b"@client.example"

  def mail(self, sender):
    if self.one_in(30):
      sender = b""
    form = self.rnd.choice([b"MAIL FROM:<%s>"] * 8 + [b"mail from:<%s>", b"MAIL FROM: <%s>", b"Mail From:<%s>"])
    return form % sender + self.rnd.choice(MAIL_PARAMS)

  def rcpts(self):
    out = []
    for _ in range(self.rnd.choice([1, 1, 1, 2, 2, 3, 7])):
      word = self.rnd.choice([b"user"] * 7 + [b"refused", b"later", b"nobody", b"USER"])
      form = self.rnd.choice([b"RCPT TO:<%s%d@example.org>"] * 9 + [b"rcpt to:<%s%d@example.org>", b"RCPT TO: <%s%d@Example.ORG>",
        b"RCPT TO:<%s%d@elsewhere.example>", b"RCPT TO:<@relay.example:%s%d@example.org>"])
      out.append(form % (word, self.rnd.randrange(4)) + self.rnd.choice(RCPT_PARAMS))
    return out

  # --- mails

  def noted(self, token, octets, exact, codes, how):
    """For the comparison: what the mail with this token should hold, and what the server said of it if that is certain."""
    if self.link.adrift:
      return
    self.note({"token": token.decode(), "how": how, "exact": exact, "sha256": hashlib.sha256(octets).hexdigest(),
      "code": codes[-1] if len(codes) == 1 else None})

  def by_data(self):
    token, sender = self.sender()
    octets, plain = contents.content(self.rnd, token)
    if octets and not octets.endswith(b"\r\n"):
      octets += b"\r\n"
    wire = contents.stuffed(octets, behind_any_lf=plain or not self.one_in(4))
    codes = self.tell(self.mail(sender), *self.rcpts(), b"DATA")
    if codes[-1:] != [354]:
      return
    self.link.send(wire + b".\r\n")
    codes = self.link.replies(1) if plain else self.link.until_quiet()
    self.noted(token, octets, plain, codes, "DATA")

  def blast(self):
    """The content goes with the commands, before anybody asked for it."""
    token, sender = self.sender()
    octets, plain = contents.content(self.rnd, token)
    lines = [self.mail(sender), *self.rcpts(), b"DATA"]
    wire = contents.stuffed(octets)
    self.link.send(b"".join(line + b"\r\n" for line in lines) + wire + b".\r\n" + self.rnd.choice([b"", b"", b"NOOP\r\n", b"RSET\r\n"]))
    self.link.until_quiet(2)
    self.noted(token, octets, plain and octets.endswith(b"\r\n"), [], "DATA ahead")

  def next_behind_dot(self):
    """The next transaction stands in the same segment as the end of this one."""
    token, sender = self.sender(b"ok")
    other_token, other = self.sender(b"ok")
    first, second = contents.header(self.rnd, token) + b"\r\n" + contents.text(self.rnd), contents.header(self.rnd, other_token)
    if self.say(b"MAIL FROM:<" + sender + b">", b"RCPT TO:<user1@example.org>", b"DATA")[-1:] != [354]:
      return
    self.link.send(contents.stuffed(first) + b".\r\nMAIL FROM:<" + other + b">\r\nRCPT TO:<user2@example.org>\r\nDATA\r\n")
    codes = self.link.replies(4)
    self.noted(token, first, True, codes[:1], "DATA")
    if codes[-1:] != [354]:
      return
    self.link.send(contents.stuffed(second) + b".\r\n")
    self.noted(other_token, second, True, self.link.replies(1), "DATA")

  def chunks(self, octets):
    """Returns them with their commands, and whether those are what RFC 3030 has."""
    cuts = sorted(self.rnd.randrange(len(octets) + 1) for _ in range(self.rnd.choice([0, 0, 1, 1, 2, 5])))
    parts = [octets[a:b] for a, b in zip([0] + cuts, cuts + [len(octets)])]
    if self.one_in(4):
      parts.append(b"")
    word = self.rnd.choice([b"BDAT", b"BDAT", b"bdat"])
    between, last = [b""], [b" LAST", b" LAST", b" last"]
    plain = not self.one_in(12)
    if not plain:
      between, last = [b"", b" X", b" LAST x"], [b" LAST", b"LAST"]
    return plain, [b"%s %d%s\r\n" % (word, len(p), self.rnd.choice(between if i + 1 < len(parts) else last)) + p for i, p in enumerate(parts)]

  def by_bdat(self):
    token, sender = self.sender()
    octets, _ = contents.content(self.rnd, token)
    plain, chunks = self.chunks(octets)
    if self.pipelines():
      lines = [self.mail(sender), *self.rcpts()]
      self.link.send(b"".join(line + b"\r\n" for line in lines) + b"".join(chunks))
      codes = self.link.replies(len(lines) + len(chunks))
      self.noted(token, octets, True, [], "BDAT")
      return
    self.say(self.mail(sender), *self.rcpts())
    codes = []
    for chunk in chunks:
      self.link.send(chunk)
      codes = self.link.replies(1)
      if codes != [250] and self.one_in(2):
        break
    # What was refused for its form was not refused for good.
    self.noted(token, octets, codes == [250], codes if plain else [], "BDAT")

  def bdat_disturbed(self):
    """Something else between the chunks."""
    token, sender = self.sender()
    octets = contents.header(self.rnd, token) + b"\r\n" + contents.text(self.rnd)
    self.say(self.mail(sender), *self.rcpts())
    half = b"BDAT %d\r\n" % len(octets) + octets
    self.link.send(half)
    self.link.replies(1)
    self.say(self.rnd.choice([b"NOOP", b"RSET", b"HELP", b"DATA", b"MAIL FROM:<" + self.sender(b"ok")[1] + b">", b"RCPT TO:<user3@example.org>",
      b"BDAT x", b"BDAT 3 LAST x", b"EHLO again.example", b"VRFY user1"]))
    self.link.send(b"BDAT 5 LAST\r\nlast\n")
    self.link.replies(1)

  def odd_end(self):
    """Something like an end of data in the content, and behind it text, commands or a whole mail."""
    token, sender = self.sender(b"ok")
    other_token, other = self.sender(b"ok")
    first = contents.header(self.rnd, token) + b"\r\nfirst"
    behind = self.rnd.choice([
      b"", b"text\r\nmore\r\n", b"\r\n", b"NOOP\r\n", b"x", b"RSET\r\n",
      b"MAIL FROM:<" + other + b">\r\nRCPT TO:<user1@example.org>\r\nDATA\r\n" + contents.header(self.rnd, other_token) + b"\r\nsecond\r\n"])
    if self.say(b"MAIL FROM:<" + sender + b">", *self.rcpts(), b"DATA")[-1:] != [354]:
      return
    self.link.send(first + self.rnd.choice(ODD_ENDS) + behind)
    if self.one_in(2):
      self.link.until_quiet(0)
    self.link.send(b"\r\n.\r\n")
    self.link.until_quiet()

  # --- what leads to no mail

  def twice(self):
    _, sender = self.sender()
    self.tell(self.mail(sender), *self.rcpts(), self.mail(self.sender()[1]))

  def abandoned(self):
    _, sender = self.sender()
    self.tell(self.mail(sender), *self.rcpts()[:self.rnd.randrange(3)],
      self.rnd.choice([b"RSET", b"EHLO other.example", b"HELO other.example", b"HELO refused.example", b"EHLO"]))

  def no_recipients(self):
    if self.tell(self.mail(self.sender()[1]), b"DATA")[-1:] == [354]:
      self.say(b".")
    self.say(b"RSET")

  def data_alone(self):
    if self.say(self.rnd.choice([b"DATA", b"BDAT 4 LAST\r\nab\r", b"RCPT TO:<user1@example.org>"]))[-1:] == [354]:
      self.link.send(b"alone\r\n.\r\n")
      self.link.replies(1)

  def content_anyway(self):
    """DATA is refused, and the content comes all the same: it is commands now."""
    token, sender = self.sender(b"nodata")
    lines = [self.mail(sender), *self.rcpts(), b"DATA"]
    self.link.send(b"".join(line + b"\r\n" for line in lines))
    if self.link.replies(len(lines))[-1:] != [354]:
      self.link.send(contents.header(self.rnd, token) + b"\r\nwords\r\n.\r\n")
      self.link.until_quiet(3)

  def broken(self):
    """The connection ends in the middle of something, or before the last reply."""
    token, sender = self.sender(b"ok")
    octets = contents.header(self.rnd, token) + b"\r\n" + contents.text(self.rnd)
    self.say(b"MAIL FROM:<" + sender + b">", b"RCPT TO:<user1@example.org>")
    if self.kind != "smtpd" and self.one_in(3):
      self.link.send(b"BDAT %d LAST\r\n" % len(octets) + octets[self.rnd.randrange(2):])
    elif self.say(b"DATA")[-1:] == [354]:
      whole = contents.stuffed(octets) + b".\r\n"
      self.link.send(whole[:self.rnd.choice([len(whole), len(whole) - 1, len(whole) // 2])])
    if self.one_in(2):
      self.link.reset()
    raise link.Gone

  def auth(self):
    if self.one_in(2):
      self.say(self.rnd.choice([b"AUTH PLAIN AHUAcmlnaHQ=", b"AUTH PLAIN AHUAd3Jvbmc=", b"AUTH NONE", b"AUTH PLAIN ="]))
    elif self.say(b"AUTH LOGIN")[-1:] == [334]:
      if self.say(self.rnd.choice([b"dQ==", b"*"]))[-1:] == [334]:
        self.say(self.rnd.choice([b"cmlnaHQ=", b"d3Jvbmc=", b"*", b"QUIT"]))

  # --- the dialogue

  def greet(self):
    self.link.replies(1)
    if self.one_in(15):
      self.noise()
    how = self.rnd.choice([b"EHLO client.example"] * 8 + [b"HELO client.example", b"ehlo [198.51.100.7]", b"EHLO refused.example", b""])
    if how:
      self.say(how)
    if how.startswith(b"EHLO ref"):
      self.say(b"EHLO client.example")

  def dialogue(self, mails):
    bdat = self.kind != "smtpd"
    ways = {
      self.by_data: 40,
      self.by_bdat: 24 if bdat else 1,
      self.bdat_disturbed: 4 if bdat else 0,
      self.blast: 6 if self.free else 1,
      self.next_behind_dot: 4 if self.free else 1,
      self.odd_end: 4,
      self.twice: 4,
      self.abandoned: 4,
      self.no_recipients: 2,
      self.data_alone: 2,
      self.content_anyway: 2,
      self.broken: 2,
      self.auth: 3 if self.kind == "exim" else 1,
    }
    for _ in range(mails):
      if self.kind == "smtpd" or not self.one_in(3):
        self.say(b"RSET") # which forgets what went wrong before
      self.noise()
      self.rnd.choices(list(ways), list(ways.values()))[0]()
    if not self.one_in(6):
      self.say(b"QUIT")

  def run(self, mails):
    """Says it all, or until the server closes. Returns how many replies did not come."""
    try:
      self.greet()
      self.dialogue(mails)
    except link.Gone:
      pass
    finally:
      self.link.close()
    return self.link.timeouts
