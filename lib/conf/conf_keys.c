// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include <stddef.h>

#define FIELD(name) offsetof(struct conf, name), sizeof(((struct conf *)NULL)->name)
#define K           (1ULL << 10)
#define M           (1ULL << 20)
#define G           (1ULL << 30)

static const struct conf_word automata[] = {
	{"mirror", CONF_MIRROR},
	{"strict", CONF_STRICT},
	{0},
};

static const struct conf_word durabilities[] = {
	{"batch", CONF_BATCH},
	{"each", CONF_EACH},
	{"none", CONF_NONE},
	{0},
};

static const struct conf_word idles[] = {
	{"backoff", CONF_BACKOFF},
	{"spin", CONF_SPIN},
	{0},
};

static const struct conf_word stacks[] = {
	{"linux", CONF_STACK_LINUX},
	{"windows", CONF_STACK_WINDOWS},
	{"bsd", CONF_STACK_BSD},
	{"first", CONF_STACK_FIRST},
	{"last", CONF_STACK_LAST},
	{0},
};

static const struct conf_word hops[] = {
	{"inbound", CONF_CAPTURE_INBOUND},
	{"internal", CONF_CAPTURE_INTERNAL},
	{"outbound", CONF_CAPTURE_OUTBOUND},
	{0},
};

static const struct conf_word checksums[] = {
	{"auto", CONF_CHECKSUMS_AUTO},
	{"verify", CONF_CHECKSUMS_VERIFY},
	{"ignore", CONF_CHECKSUMS_IGNORE},
	{0},
};

static const struct conf_word key_parts[] = {
	{"vlan", CONF_KEY_VLAN},
	{"tunnel", CONF_KEY_TUNNEL},
	{"interface", CONF_KEY_INTERFACE},
	{0},
};

static const struct conf_word outcomes[] = {
	{"accepted", CONF_KEEP_ACCEPTED},
	{"unknown", CONF_KEEP_UNKNOWN},
	{"refused", CONF_KEEP_REFUSED},
	{0},
};

static const struct conf_word levels[] = {
	{"debug", 0},
	{"info", 1},
	{"warn", 2},
	{"error", 3},
	{0},
};

// In the order in which they are printed: keys of one section stand together.
// clang-format off
const struct conf_key conf_keys[] = {
	{"interfaces", &conf_type_interfaces, FIELD(interfaces), "[]", 0, CONF_INTERFACES_MAX,
		.help =
		"Where packets come from. Each has a name and one of af_packet (a kernel "
		"interface), pci (a card by address), vdev (an EAL device string), pcap (a "
		"capture file), legs (two ports that are the two directions of one tap) or bond"
		" (two ports joined by the bonding driver); queues: receive queues a port."},
	{"registered", &conf_type_prefixes, FIELD(registered), "[]", 0, CONF_REGISTERED_MAX, .live = true,
		.help =
		"Addresses and networks of the mail servers that are watched, IPv4 and IPv6. A "
		"server that has both needs both."},
	{"stack", &conf_type_stacks, FIELD(stacks), "linux", 0, CONF_STACKS_MAX, .words = stacks, .live = true,
		.help =
		"Whose TCP the registered servers run, one for all or by address: which of two "
		"different copies of an octet they take (linux, windows, bsd with macOS; first or "
		"last for what is none of these). Unregistered ends count as linux."},
	{"smtp.ports", &conf_type_ports, FIELD(ports), "[25, 587]", 1, CONF_PORTS_MAX, .live = true,
		.help =
		"TCP ports on which servers speak SMTP."},
	{"smtp.tls_ports", &conf_type_ports, FIELD(tls_ports), "[]", 0, CONF_PORTS_MAX, .live = true,
		.help =
		"TCP ports on which servers speak TLS from the first octet, such as 465. Of "
		"their sessions nothing can be read but the handshake, which is recorded; plain "
		"SMTP on such a port is read as on any other."},
	{"smtp.capture", &conf_type_words, FIELD(capture), "[inbound]", 1, 3, .words = hops, .live = true,
		.help =
		"Which hops: inbound (from outside to a registered server), internal (between "
		"registered servers), outbound (from a registered server to outside). What is "
		"left out is counted."},
	{"smtp.automaton", &conf_type_word, FIELD(automaton), "mirror", .words = automata,
		.help =
		"mirror follows what the server did, strict discards a mail at the first step "
		"that is not in the plain dialogue."},
	{"spool.directory", &conf_type_path, FIELD(spool), "/var/spool/mailtap", 1,
		.help =
		"The folder of the spool; one mailtap at a time."},
	{"spool.keep", &conf_type_words, FIELD(keep), "[accepted, unknown]", 0, 3, .words = outcomes, .live = true,
		.help =
		"Of which mails the content is stored: accepted by the server, unknown (no "
		"final reply was seen), refused after the content. Of the others only the "
		"record is."},
	{"spool.durability", &conf_type_word, FIELD(durability), "batch", .words = durabilities,
		.help =
		"When a mail is announced: batch (a whole batch is on the disk), each (this "
		"mail is on the disk), none (written, not waited for)."},
	{"spool.batch.count", &conf_type_number, FIELD(batch_count), "64", 1, 4096,
		.help =
		"Mails in a batch at most."},
	{"spool.batch.ms", &conf_type_number, FIELD(batch_ms), "50", 1, 10000,
		.help =
		"Milliseconds a mail waits for its batch at most."},
	{"spool.segment", &conf_type_number, FIELD(segment), "256M", 64 * K, 64 * G,
		.help =
		"Octets after which the spool begins another file."},
	{"spool.eve.path", &conf_type_path, FIELD(eve_path), "auto", 1, .zero = "auto",
		.help =
		"The file of records, a JSON line a mail; auto: eve.json in the spool's folder."},
	{"spool.eve.rotate", &conf_type_number, FIELD(eve_rotate), "1G", 64 * K, 1024 * G, .zero = "never",
		.help =
		"Octets after which eve.json is renamed and begun anew; never: left to "
		"logrotate and SIGHUP."},
	{"spool.retention.age", &conf_type_seconds, FIELD(retention_s), "never", 3600, 3650 * 86400, .zero = "never", .live = true,
		.help =
		"Mails are deleted when they are older, a segment at a time; segments are begun"
		" anew often enough for that. What stands in hold/ is left alone."},
	{"spool.retention.size", &conf_type_number, FIELD(retention_size), "any", 1 * M, 1ULL << 60, .zero = "any", .live = true,
		.help =
		"Octets that all segments may have together; the oldest mails go first."},
	{"spool.retention.free", &conf_type_room, FIELD(retention_free), "any", 1 * M, 1ULL << 60, .zero = "any", .live = true,
		.help =
		"Room to be left on the file system of the spool, in octets or as a share of it;"
		" the oldest mails go first. any: the disk may become full, and then new mails "
		"are given up."},
	{"scan.signatures", &conf_type_paths, FIELD(signatures), "[]", 0, CONF_PATHS_MAX, .live = true,
		.help =
		"Files of signatures, or folders of which every *.yaml is read. Each mail is "
		"searched for them while it is stored; a hit is an alert in eve.json."},
	{"cores", &conf_type_cores, FIELD(cores), "auto", 1, CONF_CORES_MAX,
		.help =
		"CPU numbers of the three roles: {rx: [1], workers: [2, 3], writer: 4}. One CPU"
		" may have several roles."},
	{"idle", &conf_type_word, FIELD(idle), "backoff", .words = idles,
		.help =
		"What a core does that finds nothing: backoff sleeps for some microseconds, "
		"spin looks again at once."},
	{"memory.mbufs", &conf_type_number, FIELD(mbufs), "auto", 1024, 16 * M, .zero = "auto",
		.help =
		"Packet buffers of 2K each."},
	{"memory.chunks", &conf_type_number, FIELD(chunks), "auto", 64, 16 * M, .zero = "auto",
		.help =
		"Chunks that carry mails from the workers to the writer, all workers together."},
	{"memory.chunk", &conf_type_number, FIELD(chunk), "16K", 4 * K, 1 * M,
		.help =
		"Octets in a chunk."},
	{"flow.connections", &conf_type_number, FIELD(connections), "1M", 64, 64 * M,
		.help =
		"Connections followed at once, all workers together. When the table is full the"
		" oldest idle ones go, and are counted."},
	{"flow.checksums", &conf_type_word, FIELD(checksums), "auto", .words = checksums, .live = true,
		.help =
		"What to do about segments with a wrong checksum, which the server drops: verify "
		"drops them too, ignore believes all, auto drops them unless the tap shows that "
		"true ones are wrong as well, because a card was to complete them later "
		"(offload)."},
	{"flow.key_includes", &conf_type_words, FIELD(key_includes), "[]", 0, 3, .words = key_parts,
		.help =
		"What keeps connections with the same addresses and ports apart, beside these: "
		"vlan (the outer three tags), tunnel (VXLAN and Geneve network, GRE key, ERSPAN "
		"session), interface. For taps that see several customers with the same private "
		"addresses; not where each direction has a tag of its own, as from many packet "
		"brokers: there no mail would be seen whole."},
	{"flow.skew.ms", &conf_type_number, FIELD(skew_ms), "50", 0, 10000, .live = true,
		.help =
		"Milliseconds by which one leg of a tap may lag behind the other: octets that "
		"the peer acknowledged but that were not seen count as lost after this time and"
		" flow.skew.packets."},
	{"flow.skew.packets", &conf_type_number, FIELD(skew_packets), "256", 0, 1 * M, .live = true,
		.help =
		"Packets received in between; both must have passed, so that a pause of the "
		"capture itself is no loss."},
	{"flow.idle.default", &conf_type_seconds, FIELD(idle_s), "5m", 1, 86400, .live = true,
		.help =
		"Silence after which a connection is given up (RFC 5321 4.5.3.2.7)."},
	{"flow.idle.after_dot", &conf_type_seconds, FIELD(idle_after_dot_s), "11m", 1, 86400, .live = true,
		.help =
		"The same while the reply to the end of data is due (RFC 5321 4.5.3.2.6 grants "
		"ten minutes)."},
	{"flow.idle.half_open", &conf_type_seconds, FIELD(idle_half_open_s), "30s", 1, 3600, .live = true,
		.help =
		"The same before the handshake is complete."},
	{"limits.line", &conf_type_number, FIELD(line), "4K", 512, 32 * K,
		.help =
		"Octets of a command line; a longer one is cut and marked command_too_long. "
		"Takes a restart: buffers have their size from the start."},
	{"limits.reply", &conf_type_number, FIELD(reply), "4K", 512, 32 * K,
		.help =
		"Octets of a reply line; a longer one is cut and marked reply_too_long. Takes a "
		"restart, like limits.line."},
	{"limits.rcpts", &conf_type_number, FIELD(rcpts), "10000", 1, 1 * M, .live = true,
		.help =
		"Recipients of a mail; the rest are not in the record, which is marked "
		"too_many_rcpts."},
	{"limits.mail", &conf_type_number, FIELD(mail), "256M", 1 * K, 4 * G, .live = true,
		.help =
		"Octets of content; of a larger mail so much is stored, not complete, marked "
		"too_large."},
	{"limits.pending", &conf_type_number, FIELD(pending), "1000", 1, 64 * K, .live = true,
		.help =
		"Commands without a reply; beyond it the dialogue is found again at the next "
		"sure step, marked too_many_pending."},
	{"limits.hold", &conf_type_number, FIELD(hold), "1M", 4 * K, 1 * G, .live = true,
		.help =
		"Octets one direction of a connection may have waiting for an acknowledgement "
		"or for what is missing before them; beyond it they are used as they are, "
		"marked hold_full."},
	{"inspect", &conf_type_inspect, FIELD(inspect), "[]", 0, CONF_INSPECT_MAX, .live = true,
		.help =
		"Whom mailtap-inspect hands stored mails to. Each output has a name and one of "
		"directory (a folder for <id>.eml and <id>.json) or exec (a program that gets "
		"the path of the mail as its last argument and the record on standard input; "
		"exit 0 clean, 1 hit, 2 error, 75 later). only: outcomes that are handed over "
		"([accepted, unknown]); match: all, or alerts for mails that a signature hit. "
		"For exec also arguments ([]), timeout (60s; then the program is killed), "
		"parallel (2 at once), memory (4G of address space each) and retry: {first: 1s,"
		" most: 5m, times: 20} for all but clean and hit. Read by mailtap-inspect, "
		"which takes changes with SIGHUP."},
	{"appliance", &conf_type_number, FIELD(appliance), "auto", 1, UINT32_MAX, .zero = "auto",
		.help =
		"The number of this appliance in the names of mails; auto: made from the "
		"machine-id."},
	{"file_prefix", &conf_type_name, FIELD(file_prefix), "mailtap", 1,
		.help =
		"Names the DPDK runtime folder and the console's socket, so that several can "
		"run beside each other."},
	{"user", &conf_type_name, FIELD(user), "mailtap", 1,
		.help =
		"Whom mailtap run, started as root, becomes once the ports are up; the spool is "
		"that user's. none: stay root."},
	{"group", &conf_type_name, FIELD(group), "mailtap", 1,
		.help =
		"The group it becomes. Its members may use the console and read the spool. none: "
		"the user's own group, and a console for root alone."},
	{"log.level", &conf_type_name, FIELD(log_level), "info", 1, .words = levels, .live = true,
		.help =
		"The least weighty line that is logged."},
};
// clang-format on

const size_t conf_key_count = sizeof(conf_keys) / sizeof(conf_keys[0]);
