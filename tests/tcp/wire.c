// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ETHERNET   14
#define RCVBUF     (64 << 20)
#define LINK_TYPE  1
#define PROTOCOL   6
#define FRAME_MAX  2048
#define LAST_V4    3
#define LAST_V6    15
#define FIRST_HOST 1

static const uint8_t client4[4] = {198, 51, 100, 0}, server4[4] = {192, 0, 2, 25};
static const uint8_t client6[16] = {0x20, 0x01, 0x0d, 0xb8, 0x01, 0x00};
static const uint8_t server6[16] = {
	0x20, 0x01, 0x0d, 0xb8, 0, 0x25, [14] = 0, [15] = 0x25};

uint64_t wire_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int wire_open(struct wire *w, const char *name, const uint8_t *gateway, const char *path)
{
	struct ifreq request = {0};
	int one = 1, size = RCVBUF;

	*w = (struct wire){.fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0)};
	if (w->fd < 0)
		return -errno;
	w->index = (int)if_nametoindex(name);
	memcpy(request.ifr_name, name,
		strlen(name) < IFNAMSIZ ? strlen(name) : IFNAMSIZ - 1);
	if (w->index == 0 || ioctl(w->fd, SIOCGIFHWADDR, &request) != 0)
		goto fail;
	memcpy(w->self, request.ifr_hwaddr.sa_data, 6);
	memcpy(w->gateway, gateway, 6);
	struct sockaddr_ll here = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = w->index};
	if (setsockopt(w->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) !=
			0 ||
		setsockopt(w->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0 ||
		setsockopt(w->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) != 0 ||
		bind(w->fd, (struct sockaddr *)&here, sizeof(here)) != 0)
		goto fail;
	w->recording = path != NULL;
	return path != NULL ? gen_pcap_open(&w->pcap, path, LINK_TYPE, false) : 0;
fail:;
	int code = -errno;
	close(w->fd);
	return code;
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static uint32_t add_words(uint32_t sum, const uint8_t *at, size_t len)
{
	for (; len > 1; at += 2, len -= 2)
		sum += get16(at);
	return len > 0 ? sum + ((uint32_t)at[0] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static size_t put_tcp(uint8_t *tcp, const struct wire_segment *s, uint32_t pseudo)
{
	size_t header = 20 + (size_t)s->options_len, len = header + s->payload.len;
	uint32_t words = s->damage == WIRE_OFFSET ? 4 : (uint32_t)header / 4;

	put16(tcp, s->client_port);
	put16(tcp + 2, s->server_port);
	put32(tcp + 4, s->seq);
	put32(tcp + 8, s->ack);
	tcp[12] = (uint8_t)(words << 4);
	tcp[13] = s->flags;
	put16(tcp + 14, s->window);
	put16(tcp + 16, 0);
	put16(tcp + 18, s->urgent);
	memcpy(tcp + 20, s->options, s->options_len);
	if (s->payload.len > 0)
		memcpy(tcp + header, s->payload.ptr, s->payload.len);
	uint32_t sum = add_words(pseudo + PROTOCOL + (uint32_t)len, tcp, len);
	bool wrong = s->damage == WIRE_TCP_SUM || (s->damage == WIRE_IP_SUM && s->ipv6);
	put16(tcp + 16, fold(sum) ^ (wrong ? 0x0155u : 0));
	return len;
}

static size_t put_ipv4(uint8_t *ip, const struct wire_segment *s)
{
	static uint16_t ident;

	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 4, ident++);
	put16(ip + 6, 0x4000);
	ip[8] = s->ttl;
	ip[9] = PROTOCOL;
	memcpy(ip + 12, client4, 4);
	ip[12 + LAST_V4] = (uint8_t)(s->client + FIRST_HOST);
	memcpy(ip + 16, server4, 4);
	size_t len = 20 + put_tcp(ip + 20, s, add_words(0, ip + 12, 8));
	put16(ip + 2, (uint32_t)len);
	put16(ip + 10,
		fold(add_words(0, ip, 20)) ^ (s->damage == WIRE_IP_SUM ? 0x0155u : 0));
	return len;
}

static size_t put_ipv6(uint8_t *ip, const struct wire_segment *s)
{
	memset(ip, 0, 40);
	ip[0] = 0x60;
	ip[6] = PROTOCOL;
	ip[7] = s->ttl;
	memcpy(ip + 8, client6, 16);
	ip[8 + LAST_V6] = (uint8_t)(s->client + FIRST_HOST);
	memcpy(ip + 24, server6, 16);
	size_t len = put_tcp(ip + 40, s, add_words(0, ip + 8, 32));
	put16(ip + 4, (uint32_t)len);
	return 40 + len;
}

static void record(struct wire *w, const uint8_t *frame, size_t len)
{
	if (!w->recording)
		return;
	memcpy(gen_pcap_room(&w->pcap), frame, len);
	gen_pcap_commit(&w->pcap, len, wire_now_ns());
}

void wire_send(struct wire *w, const struct wire_segment *segment)
{
	uint8_t frame[FRAME_MAX];

	memcpy(frame, w->gateway, 6);
	memcpy(frame + 6, w->self, 6);
	put16(frame + 12, segment->ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	size_t len = ETHERNET +
		(segment->ipv6 ? put_ipv6(frame + ETHERNET, segment)
			       : put_ipv4(frame + ETHERNET, segment));
	memset(frame + len, 'T', segment->trailer);
	len += segment->trailer;
	// Recorded first: nothing that answers it can stand before it.
	if (!segment->unseen)
		record(w, frame, len);
	if (segment->lost)
		return;
	w->sent++;
	// What the link cannot take is lost behind the tap, which is a case of its own.
	if (send(w->fd, frame, len, 0) < 0)
		w->refused++;
}

static bool parse(uint8_t *frame, size_t len, struct wire_segment *ret)
{
	const uint8_t *ip = frame + ETHERNET, *tcp;
	size_t total;

	*ret = (struct wire_segment){.ipv6 = get16(frame + 12) == ETHERTYPE_IPV6};
	if (ret->ipv6 && len >= ETHERNET + 60 && ip[6] == PROTOCOL) {
		ret->client = (uint8_t)(ip[24 + LAST_V6] - FIRST_HOST);
		total = 40 + (size_t)get16(ip + 4);
		tcp = ip + 40;
	} else if (get16(frame + 12) == ETHERTYPE_IP && len >= ETHERNET + 40 &&
		ip[0] == 0x45 && ip[9] == PROTOCOL) {
		ret->client = (uint8_t)(ip[16 + LAST_V4] - FIRST_HOST);
		total = get16(ip + 2);
		tcp = ip + 20;
	} else {
		return false;
	}
	size_t header = (size_t)(tcp[12] >> 4) * 4, before = (size_t)(tcp - ip);
	if (ret->client >= WIRE_CLIENTS || header < 20 || before + header > total ||
		ETHERNET + total > len)
		return false;
	ret->server_port = get16(tcp);
	ret->client_port = get16(tcp + 2);
	ret->seq = get32(tcp + 4);
	ret->ack = get32(tcp + 8);
	ret->flags = tcp[13];
	ret->window = get16(tcp + 14);
	ret->options_len = (uint8_t)(header - 20);
	memcpy(ret->options, tcp + 20, ret->options_len);
	ret->payload = span_make(tcp + header, total - before - header);
	return true;
}

bool wire_receive(struct wire *w, struct wire_segment *ret)
{
	static uint8_t frame[65536];

	for (;;) {
		ssize_t len = recv(w->fd, frame, sizeof(frame), 0);
		if (len < 0)
			return false;
		if (len < ETHERNET || !parse(frame, (size_t)len, ret))
			continue;
		record(w, frame, (size_t)len);
		w->received++;
		return true;
	}
}

uint64_t wire_dropped(struct wire *w)
{
	struct tpacket_stats stats = {0};
	socklen_t len = sizeof(stats);

	getsockopt(w->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
	return stats.tp_drops;
}

int wire_close(struct wire *w)
{
	close(w->fd);
	return w->recording ? gen_pcap_close(&w->pcap) : 0;
}
