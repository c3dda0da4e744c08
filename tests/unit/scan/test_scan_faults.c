// SPDX-License-Identifier: BSD-3-Clause
#include "scan_box.h"

#include <criterion/criterion.h>

TestSuite(scan_faults, .init = box_init, .fini = box_fini);

// Every fault with its place; the text is what an operator reads.
static const struct {
	const char *yaml, *want;
} cases[] =
	{
		// the text as such
		{"a: \"b",
			"f.yaml:1:1: a: unknown key; allowed: signatures\n"
			"f.yaml:1:6: not YAML: found unexpected end of stream, while scanning a quoted scalar; what follows was not read\n"},
		{"\xff",
			"f.yaml: octet 0: not text in UTF-8 (invalid leading UTF-8 octet); write octets of a pattern as \\xNN\n"},
		{"word",
			"f.yaml:1:1: the file must hold \"signatures:\" and a list below it\n"},
		{"[1]", "f.yaml:1:1: the file must hold \"signatures:\" and a list below it\n"},
		{"signatures: 5",
			"f.yaml:1:13: signatures: must be a list (\"- id: 1\")\n"},
		{"signatures: {a: b}",
			"f.yaml:1:13: signatures: must be a list (\"- id: 1\")\n"},
		{"signatures:\n- {id: 1, name: n, literal: x}\nsignatures: []",
			"f.yaml:3:1: signatures: given twice; the first is on line 1\n"},
		{"signature: []",
			"f.yaml:1:1: signature: unknown key; did you mean signatures?; allowed: signatures\n"},
		{"? [a]\n: b\n", "f.yaml:1:3: a key must be a word\n"},
		{"signatures: []\n---\nsignatures: []",
			"f.yaml:2:1: a second document begins (---); only one is allowed\n"},
		{"signatures:\n- x\n- [a]\n",
			"f.yaml:2:3: a signature must be keys with values (\"id: 1\")\n"
			"f.yaml:3:3: a signature must be keys with values (\"id: 1\")\n"},
		{"signatures:\n- &a {id: 1, name: n, literal: x}\n- *a\n",
			"f.yaml:2:3: anchors (&name) are not allowed here\n"
			"f.yaml:3:3: aliases (*name) are not allowed here\n"
			"f.yaml:3:3: a signature must be keys with values (\"id: 1\")\n"},
		{"signatures:\n- {id: !!int 1, name: n, literal: x}\n",
			"f.yaml:2:8: tags (!name) are not allowed here\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, [a]: b}\n",
			"f.yaml:2:32: a key must be a word\n"},
		{"signatures:\n- {id: 7, name: n, literal: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]}\n",
			"f.yaml:2:30: literal: a list of plain words was expected here\n"
			"f.yaml:2:46: nested deeper than any signature; what follows was not read\n"},
		{"signatures:\n- {id: 1, name: n, literal: x}\n - {id: 2}\n",
			"f.yaml:3:2: not YAML: did not find expected key, while parsing a block mapping; what follows was not read\n"},
		// keys
		{"signatures:\n- {name: n, literal: x}\n",
			"f.yaml:2:3: has no id; give each signature a number of its own, from 1 to 2147483647\n"},
		{"signatures:\n- {id: 7, literal: x}\n",
			"f.yaml:2:3: id 7: has no name; it is what alerts show\n"},
		{"signatures:\n- {id: 0, name: n, literal: x}\n",
			"f.yaml:2:8: id: \"0\"; allowed: a number from 1 to 2147483647\n"},
		{"signatures:\n- {id: 2147483648, name: n, literal: x}\n",
			"f.yaml:2:8: id: \"2147483648\"; allowed: a number from 1 to 2147483647\n"},
		{"signatures:\n- {id: 99999999999999999999999, name: n, literal: x}\n",
			"f.yaml:2:8: id: \"99999999999999999999999\"; allowed: a number from 1 to 2147483647\n"},
		{"signatures:\n- {id: -1, name: n, literal: x}\n",
			"f.yaml:2:8: id: \"-1\"; allowed: a number from 1 to 2147483647\n"},
		{"signatures:\n- {id: , name: n, literal: x}\n",
			"f.yaml:2:8: id: has no value; leave the key out or give one\n"},
		{"signatures:\n- {id: [1], name: n, literal: x}\n",
			"f.yaml:2:8: id: must be one value, not a list\n"},
		{"signatures:\n- id: 7\n  name: n\n  id: 8\n  literal: x\n",
			"f.yaml:4:3: id: given twice; the first is on line 2\n"},
		{"signatures:\n- {id: 7, name: n, literl: x}\n",
			"f.yaml:2:20: id 7: literl: unknown key; did you mean literal?; allowed: id, name, pattern, literal, hex, flags, in, severity, action, enabled, rev, category, description, reference\n"
			"f.yaml:2:3: id 7: says nothing to look for; give one of pattern, literal and hex\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, actoin: hold}\n",
			"f.yaml:2:32: id 7: actoin: unknown key; did you mean action?; allowed: id, name, pattern, literal, hex, flags, in, severity, action, enabled, rev, category, description, reference\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, qqqqqqqq: 1}\n",
			"f.yaml:2:32: id 7: qqqqqqqq: unknown key; allowed: id, name, pattern, literal, hex, flags, in, severity, action, enabled, rev, category, description, reference\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, action: drop}\n",
			"f.yaml:2:40: id 7: action: \"drop\" is not known; allowed: note, hold\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, action: [note]}\n",
			"f.yaml:2:40: id 7: action: must be one value, not a list\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, action: Hold}\n",
			"f.yaml:2:40: id 7: action: \"Hold\" is not known; did you mean hold?; allowed: note, hold\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, severity: 0}\n",
			"f.yaml:2:42: id 7: severity: \"0\"; allowed: a number from 1 to 4\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, severity: 5}\n",
			"f.yaml:2:42: id 7: severity: \"5\"; allowed: a number from 1 to 4\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, rev: 0}\n",
			"f.yaml:2:37: id 7: rev: \"0\"; allowed: a number from 1 to 2147483647\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, enabled: maybe}\n",
			"f.yaml:2:41: id 7: enabled: \"maybe\" is not known; allowed: yes, no, true, false\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, flags: caseles}\n",
			"f.yaml:2:39: id 7: flags: \"caseles\" is not known; did you mean caseless?; allowed: caseless, dotall, multiline, utf8, ucp, all_matches\n"},
		{"signatures:\n- {id: 7, name: n, pattern: x, flags: [dotall, dotall]}\n",
			"f.yaml:2:48: id 7: flags: dotall stands there twice\n"},
		{"signatures:\n- {id: 7, name: n, pattern: x, flags: {a: b}}\n",
			"f.yaml:2:39: flags: has keys of its own; none are known\n"},
		{"signatures:\n- {id: 7, name: n, pattern: x, flags: [[a]]}\n",
			"f.yaml:2:40: flags: a list of plain words was expected here\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, flags: dotall}\n",
			"f.yaml:2:39: id 7: flags: dotall has no meaning for literal; use pattern\n"},
		{"signatures:\n- {id: 7, name: n, hex: '41', flags: [caseless]}\n",
			"f.yaml:2:38: id 7: flags: caseless has no meaning for hex; use pattern\n"},
		{"signatures:\n- {id: 7, name: n, pattern: x, flags: ucp}\n",
			"f.yaml:2:39: id 7: flags: ucp needs utf8 beside it\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, in: bodi}\n",
			"f.yaml:2:36: id 7: in: \"bodi\" is not known; did you mean body?; allowed: raw, header, body\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, in: []}\n",
			"f.yaml:2:36: id 7: in: the list is empty; allowed: raw, header, body\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, in:}\n",
			"f.yaml:2:34: not YAML: found unexpected ':', while scanning a plain scalar; what follows was not read\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, in: [body, body]}\n",
			"f.yaml:2:43: id 7: in: body stands there twice\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, category: ''}\n",
			"f.yaml:2:42: id 7: category: 0 octets; allowed: 1 to 255\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, category: \"a\\nb\"}\n",
			"f.yaml:2:42: id 7: category: has line ends or tabs; allowed: one line\n"},
		{"signatures:\n- {id: 7, name: n, literal: \"a\\0b\"}\n",
			"f.yaml:2:29: control character 00; in a pattern write \\x00 between single quotes\n"},
		{"signatures:\n- {id: 7, name: n, literal: \"a\\x1bb\"}\n",
			"f.yaml:2:29: control character 1b; in a pattern write \\x1b between single quotes\n"},
		{"signatures:\n- {id: 7, name: n, literal: x, pattern: y}\n",
			"f.yaml:2:20: id 7: literal: beside pattern; only one of pattern, literal and hex is allowed\n"},
		{"signatures:\n- {id: 7, name: n, severity: 1}\n",
			"f.yaml:2:3: id 7: says nothing to look for; give one of pattern, literal and hex\n"},
		{"signatures:\n- {id: 7, name: n, literal: ''}\n",
			"f.yaml:2:29: id 7: literal: 0 octets; allowed: 1 to 4000\n"},
		{"signatures:\n- {id: 7, name: n, hex: 4d5}\n",
			"f.yaml:2:25: id 7: hex: at \"5\"; allowed: pairs of 0-9, a-f\n"},
		{"signatures:\n- {id: 7, name: n, hex: '4d zz'}\n",
			"f.yaml:2:25: id 7: hex: at \"zz\"; allowed: pairs of 0-9, a-f\n"},
		{"signatures:\n- {id: 7, name: n, hex: ' '}\n",
			"f.yaml:2:25: id 7: hex: at \" \"; allowed: pairs of 0-9, a-f\n"},
		{"signatures:\n- id: 7\n  name: n\n  pattern: |\n    abc\n",
			"f.yaml:4:12: id 7: pattern: ends with a line feed that YAML put there; write it between single quotes\n"},
		// expressions
		{"signatures:\n- {id: 7, name: n, pattern: 'a(b'}\n",
			"f.yaml:2:29: id 7: expression \"a(b\": Missing close parenthesis for group started at index 1; allowed is what Hyperscan knows of PCRE; to find plain text use literal\n"},
		{"signatures:\n- {id: 7, name: n, pattern: '(a)\\1'}\n",
			"f.yaml:2:29: id 7: expression \"(a)\\1\": Back-references are unsupported; write out what may be repeated\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a(?=b)'}\n",
			"f.yaml:2:29: id 7: expression \"a(?=b)\": Zero-width assertions are not supported; leave the look-around out, what it guards is matched as well\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a*'}\n",
			"f.yaml:2:29: id 7: expression \"a*\": Pattern matches empty buffer; make it need at least one octet\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a\\p{Foo}'}\n",
			"f.yaml:2:29: id 7: expression \"a\\p{Foo}\": Unknown property at index 4; allowed is what Hyperscan knows of PCRE; to find plain text use literal\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a{1,40000}'}\n",
			"f.yaml:2:29: id 7: expression \"a{1,40000}\": Bounded repeat is too large; use a smaller repeat\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a^b'}\n",
			"f.yaml:2:29: id 7: expression \"a^b\": Embedded start anchors not supported; put ^ at the beginning\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a$b'}\n",
			"f.yaml:2:29: id 7: expression \"a$b\": Embedded end anchors not supported; put $ at the end\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a('}\n- {id: 8, name: n, pattern: 'b*'}\n- {id: 9, name: n, pattern: 'c)', in: [raw, body]}\n- {id: 10, name: n, literal: good}\n- {id: 11, name: n, pattern: 'd*', in: header}\n",
			"f.yaml:2:29: id 7: expression \"a(\": Missing close parenthesis for group started at index 1; allowed is what Hyperscan knows of PCRE; to find plain text use literal\n"
			"f.yaml:4:29: id 9: expression \"c)\": Unmatched parentheses at index 1; allowed is what Hyperscan knows of PCRE; to find plain text use literal\n"
			"f.yaml:3:29: id 8: expression \"b*\": Pattern matches empty buffer; make it need at least one octet\n"
			"f.yaml:6:30: id 11: expression \"d*\": Pattern matches empty buffer; make it need at least one octet\n"},
		{"signatures:\n- {id: 7, name: n, pattern: 'a(', flags: x}\n- {id: 7, name: n, pattern: ')'}\n",
			"f.yaml:2:42: id 7: flags: \"x\" is not known; allowed: caseless, dotall, multiline, utf8, ucp, all_matches\n"
			"f.yaml:3:3: id 7: given twice; the first stands at f.yaml:2:3; give one of them a number of its own\n"
			"f.yaml:2:29: id 7: expression \"a(\": Missing close parenthesis for group started at index 1; allowed is what Hyperscan knows of PCRE; to find plain text use literal\n"
			"f.yaml:3:29: id 7: expression \")\": Unmatched parentheses at index 0; allowed is what Hyperscan knows of PCRE; to find plain text use literal\n"},
		// each other
		{"signatures:\n- {id: 7, name: n, literal: x}\n- {id: 8, name: n, literal: x}\n- {id: 7, name: m, literal: y, enabled: no}\n- {id: 7, name: m, literal: y}\n",
			"f.yaml:4:3: id 7: given twice; the first stands at f.yaml:2:3; give one of them a number of its own\n"
			"f.yaml:5:3: id 7: given twice; the first stands at f.yaml:4:3; give one of them a number of its own\n"},
};

Test(scan_faults, each_has_its_place_and_advice)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_null(box_load(cases[i].yaml, false), "%s", cases[i].yaml);
		cr_expect_str_eq(box_faults(), cases[i].want, "%s\n%s", cases[i].yaml,
			box_faults());
	}
}
