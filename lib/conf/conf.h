// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The configuration: YAML text to one struct, checked whole. One table of keys (conf_keys.c)
// feeds parser, printed reference and man page. Every error says file:line:col, the key, what
// was wrong, what is allowed, and the nearest known key. Nothing here touches the machine.

#include "mt_buf.h"
#include "mt_error.h"

#define CONF_INTERFACES_MAX 16
#define CONF_REGISTERED_MAX 1024
#define CONF_PORTS_MAX      64
#define CONF_CORES_MAX      64
#define CONF_INSPECT_MAX    16
#define CONF_PARALLEL_MAX   64
#define CONF_ARGUMENTS_SIZE 1024
#define CONF_NAME_SIZE      32
#define CONF_PATH_SIZE      512
#define CONF_PATHS_MAX      16

enum conf_port_kind {
	CONF_PORT_AF_PACKET,
	CONF_PORT_PCAP,
	CONF_PORT_PCI,
	CONF_PORT_VDEV,
};

struct conf_port {
	enum conf_port_kind kind;
	char device[CONF_PATH_SIZE]; // eth0, a path, 0000:3b:00.0, or an EAL vdev string
};

enum conf_group {
	CONF_SINGLE, // one port
	CONF_LEGS, // two ports polled by us as one tap
	CONF_BOND, // net_bonding over two ports
};

// A member of legs or bond is written as for a single port ("af_packet: a"), or as a bare
// string: a PCI address if it looks like one, else a kernel interface.
struct conf_interface {
	char name[CONF_NAME_SIZE];
	enum conf_group group;
	struct conf_port ports[2];
	int port_count;
	uint32_t queues; // rx queues a port, 1..16
};

struct conf_prefix {
	uint8_t octet[16]; // IPv4 mapped, host bits zero
	uint8_t bits; // 0..128 (IPv4 /24 is 120)
};

// How a server's TCP decides about overlap; the same as enum stream_stack.
enum conf_stack {
	CONF_STACK_LINUX,
	CONF_STACK_WINDOWS,
	CONF_STACK_BSD,
	CONF_STACK_FIRST,
	CONF_STACK_LAST,
};

#define CONF_STACKS_MAX 64

struct conf_stacks {
	enum conf_stack others; // of whoever is not listed
	uint32_t count;
	struct conf_stack_of {
		struct conf_prefix prefix;
		enum conf_stack stack;
	} of[CONF_STACKS_MAX];
};

#define CONF_KEY_VLAN      1u
#define CONF_KEY_TUNNEL    2u
#define CONF_KEY_INTERFACE 4u

#define CONF_CAPTURE_INBOUND  1u
#define CONF_CAPTURE_INTERNAL 2u
#define CONF_CAPTURE_OUTBOUND 4u

#define CONF_KEEP_ACCEPTED 1u
#define CONF_KEEP_UNKNOWN  2u
#define CONF_KEEP_REFUSED  4u

enum conf_automaton {
	CONF_MIRROR,
	CONF_STRICT,
};

enum conf_durability {
	CONF_BATCH,
	CONF_EACH,
	CONF_NONE,
};

enum conf_idle {
	CONF_BACKOFF,
	CONF_SPIN,
};

enum conf_checksums {
	CONF_CHECKSUMS_AUTO,
	CONF_CHECKSUMS_VERIFY,
	CONF_CHECKSUMS_IGNORE,
};

struct conf_cores { // CPU numbers
	bool automatic;
	uint32_t rx[CONF_CORES_MAX], workers[CONF_CORES_MAX], writer;
	uint32_t rx_count, worker_count;
};

struct conf_paths {
	char path[CONF_PATHS_MAX][CONF_PATH_SIZE];
	uint32_t count;
};

struct conf_room { // of a file system; both 0: any
	uint64_t octets;
	uint32_t percent;
};

enum conf_inspect_kind {
	CONF_INSPECT_DIRECTORY,
	CONF_INSPECT_EXEC,
};

enum conf_match {
	CONF_MATCH_ALL,
	CONF_MATCH_ALERTS, // mails that a signature hit
};

// An output of mailtap-inspect. What stands behind `match` is for a program only.
struct conf_inspect {
	char name[CONF_NAME_SIZE];
	enum conf_inspect_kind kind;
	char path[CONF_PATH_SIZE]; // the folder or the program, from /
	uint32_t only; // CONF_KEEP_ bits
	enum conf_match match;
	char arguments[CONF_ARGUMENTS_SIZE]; // each with its NUL, then an empty one
	uint32_t timeout_s, parallel;
	uint64_t memory; // octets of address space
	uint32_t retry_first_s, retry_most_s, retry_times;
};

struct conf {
	struct conf_interface interfaces[CONF_INTERFACES_MAX];
	uint32_t interface_count;
	struct conf_prefix registered[CONF_REGISTERED_MAX]; // sorted, no duplicates
	uint32_t registered_count;
	struct conf_stacks stacks;
	uint64_t ports[1024]; // smtp.ports, one bit a port
	uint64_t tls_ports[1024]; // smtp.tls_ports
	uint64_t watched[1024]; // both of them
	uint32_t capture; // CONF_CAPTURE_ bits
	enum conf_automaton automaton;
	char spool[CONF_PATH_SIZE];
	uint32_t keep; // CONF_KEEP_ bits
	enum conf_durability durability;
	uint64_t segment; // octets
	uint32_t batch_count;
	uint32_t batch_ms;
	char eve_path[CONF_PATH_SIZE]; // empty: SPOOL/eve.json
	uint64_t eve_rotate; // octets, 0: never
	uint32_t retention_s; // spool.retention.*; 0: for ever
	uint64_t retention_size; // octets, 0: any
	struct conf_room retention_free;
	struct conf_paths signatures; // scan.signatures: files or folders
	uint32_t appliance; // 0: from machine-id
	struct conf_cores cores;
	enum conf_idle idle;
	uint32_t connections; // all workers together
	enum conf_checksums checksums;
	uint32_t key_includes; // CONF_KEY_ bits
	uint32_t skew_ms, skew_packets;
	uint32_t idle_s, idle_after_dot_s, idle_half_open_s;
	uint32_t line, reply, rcpts, pending; // limits.*
	uint64_t mail, hold; // limits.*
	uint32_t mbufs, chunks; // memory.*: 0 = chosen from the machine and the ports
	uint32_t chunk; // memory.chunk: octets
	struct conf_inspect inspect[CONF_INSPECT_MAX];
	uint32_t inspect_count;
	char file_prefix[CONF_NAME_SIZE]; // for DPDK's runtime folder and the console
	char user[CONF_NAME_SIZE], group[CONF_NAME_SIZE]; // "none": not changed
	char log_level[CONF_NAME_SIZE];
};

// Sets every default (the same as in config/mailtap.yaml).
void conf_defaults(struct conf *c);
// Reads a file over what is there (the defaults). 0, or -errno with "file:line:col: key: ..." in
// error; what the keys before the faulty one set stays set then.
int conf_load(struct conf *c, const char *path, struct mt_error *error);
// Reads on behind what is wrong: a line of `faults` for each fault, the rest is taken. 0, or the
// -errno of the last one.
int conf_load_all(struct conf *c, const char *path, struct mt_buf *faults);
// The same as conf_load for text at hand; name stands for the file in errors.
int conf_load_text(
	struct conf *c, const char *name, struct span text, struct mt_error *error);
// Sets one key from "key=value" (value is YAML), as --set does.
int conf_set(struct conf *c, const char *assignment, struct mt_error *error);
// Checks between keys; for_replay: interfaces may be absent, retention is off.
int conf_check(const struct conf *c, bool for_replay, struct mt_error *error);
// The effective configuration as YAML that conf_load accepts.
void conf_print(const struct conf *c, struct mt_buf *out);
// What differs between two configurations: the paths of the keys that a reload changes (live), or
// of those that need a restart, separated by ", ". Returns their number.
size_t conf_changed(
	const struct conf *a, const struct conf *b, bool live, struct mt_buf *out);
// Takes the keys that a reload changes from another configuration. The result may need
// conf_check: a key that waits for a restart may forbid what a live one now says.
void conf_take_live(struct conf *c, const struct conf *from);
// The reference of every key: type, default, bounds, live or restart, help.
void conf_print_reference(struct mt_buf *out);
// Registers what `from` has registered as well. Where both together are too many, everything.
void conf_register(struct conf *c, const struct conf *from);
// Whether an address (16 octets, IPv4 mapped) is registered.
bool conf_is_registered(const struct conf *c, const uint8_t addr[16]);
// The stack of a registered server: that of the longest prefix, else of the others.
enum conf_stack conf_stack_of(const struct conf *c, const uint8_t addr[16]);
