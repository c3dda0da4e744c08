// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The one list of oddities: what the wire did that a plain dialogue would not. Names appear in
// records (`mailtap.odd`) and as counters; modules tell them upward and never treat them as errors.

#include <stdint.h>

// name, one line of help
// clang-format off
#define MT_ODD_LIST(X) \
	X(bare_lf, "a line of the content ended in LF without CR") \
	X(bare_cr, "a CR without LF stood in the content") \
	X(nul_octet, "the content holds a NUL octet") \
	X(long_line, "a content line was longer than 998 octets (RFC 5322 2.1.1)") \
	X(end_not_crlf, "the server took something other than CRLF.CRLF as the end of data") \
	X(smuggling_tried, "octets that look like a second mail hidden behind an odd end of data") \
	X(smuggling_worked, "the server took an odd end of data and then a second mail") \
	X(end_in_doubt, "the replies leave open whether an odd end of data was one; it is taken as content") \
	X(dot_in_doubt, "a dot behind a bare LF or CR, kept: the server may have taken it for stuffing") \
	X(command_lf, "a command or reply line ended in LF without CR") \
	X(command_too_long, "a command line was longer than limits.line and was cut") \
	X(reply_too_long, "a reply line was longer than limits.reply and was cut") \
	X(reply_malformed, "a reply line has no three-digit code") \
	X(reply_surplus, "a reply that no command asked for") \
	X(reply_missing, "a command whose reply was never seen") \
	X(reply_unfinished, "a multi-line reply without its last line") \
	X(early_talker, "the client spoke before the banner") \
	X(pipelined_uninvited, "commands were pipelined although the server did not offer it") \
	X(content_before_354, "content was sent before the server asked for it") \
	X(unknown_verb, "a command verb that is not in any RFC we know") \
	X(out_of_step, "commands and replies could not be paired for a while") \
	X(too_many_pending, "more commands without reply than limits.pending") \
	X(no_mail_from, "content was taken without an accepted MAIL on this mail") \
	X(no_helo, "a mail without any accepted HELO or EHLO") \
	X(bdat_malformed, "a BDAT command whose size or LAST could not be read") \
	X(burl, "part of the content was fetched by the server (BURL): no tap can see it") \
	X(bdat_refused, "the server refused a BDAT or BURL chunk") \
	X(bdat_as_commands, "the server read the octets of a BDAT that it refused as commands") \
	X(bdat_in_doubt, "the replies leave open whether the octets of a refused BDAT were read as commands") \
	X(reset_undone, "the server agreed to RSET amid chunks and then took commands as content of that mail") \
	X(too_many_rcpts, "more recipients than limits.rcpts; the rest are not in the record") \
	X(too_large, "the mail is larger than limits.mail; content up to it is stored") \
	X(long_helo, "the HELO name was longer than 255 octets and was cut") \
	X(strict_discard, "the strict automaton discarded what was collected") \
	X(starttls_injection, "octets followed STARTTLS in the clear before the handshake") \
	X(reply_injection, "plain replies stood behind the server's 220 to STARTTLS, before the handshake") \
	X(plain_after_starttls, "plain text went on after the server agreed to STARTTLS") \
	X(tls_on_plain_port, "the client spoke TLS without STARTTLS") \
	X(tls_malformed, "a TLS record or handshake message contradicts itself") \
	X(tls_old, "the server chose a TLS version below 1.2 (RFC 8996)") \
	X(not_smtp, "the connection speaks something that is not SMTP") \
	X(joined_late, "the connection was already open when it was first seen") \
	X(one_sided, "only one direction of the connection was seen") \
	X(unacked, "octets were used that the peer was not seen to acknowledge") \
	X(overlap_differs, "two copies of the same octets differed") \
	X(urgent, "an octet was urgent (TCP) and is left out, as the server's stack does") \
	X(gap, "octets are missing from the capture") \
	X(hold_full, "out-of-order octets were more than may be held") \
	X(not_utf8, "an octet of a text field is not UTF-8 and became U+FFFD") \
	X(header_cut, "the mail's header was cut short by a limit or a hole; fields may be missing") \
	X(header_bad, "a line of the mail's header is no field, or a field holds control characters") \
	X(header_twice, "a field that may stand once in a header stands there again") \
	X(encoded_word_bad, "an encoded word of the header could not be decoded to text") \
	X(cut_by_stop, "the appliance stopped before the mail ended")
// clang-format on

enum mt_odd {
#define X(name, help) MT_ODD_##name,
	MT_ODD_LIST(X)
#undef X
	MT_ODD_COUNT
};

_Static_assert(MT_ODD_COUNT <= 64, "a set of oddities is one 64-bit word");

const char *mt_odd_name(enum mt_odd odd);
const char *mt_odd_help(enum mt_odd odd);

// A set of oddities.
static inline uint64_t mt_odd_bit(enum mt_odd odd)
{
	return 1ULL << odd;
}
