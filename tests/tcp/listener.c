// SPDX-License-Identifier: BSD-3-Clause
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE_MAX_LEN 1024
#define CONTENT_MAX  (1 << 20)
#define NARROW       587
#define NARROW_ROOM  2304
#define BACKLOG      4096
#define DESCRIPTORS  65536
#define EVENTS       64

struct peer {
	int fd;
	uint16_t server_port;
	char address[INET6_ADDRSTRLEN];
	uint16_t port;
	bool in_content, closing;
	unsigned long order; // of the content that is being read
	uint8_t line[LINE_MAX_LEN];
	size_t line_len;
	uint8_t *content;
	size_t content_len;
};

struct listener {
	int epoll;
	FILE *truth, *contents;
	unsigned long contents_begun;
	long offset;
};

static void end_content(struct listener *l, struct peer *p, bool whole)
{
	fprintf(l->truth, "%s %u %u %lu %d %ld %zu\n", p->address, p->port,
		p->server_port, p->order, whole, l->offset, p->content_len);
	fwrite(p->content, 1, p->content_len, l->contents);
	l->offset += (long)p->content_len;
	p->content_len = 0;
	p->in_content = false;
}

static void answer(struct peer *p, const char *reply)
{
	// A peer that takes no replies gets none: its dialogue ends there.
	if (send(p->fd, reply, strlen(reply), MSG_NOSIGNAL) < 0)
		p->closing = true;
}

static void begin_content(struct listener *l, struct peer *p)
{
	p->in_content = true;
	p->order = l->contents_begun++;
	answer(p, "354 go\r\n");
}

static const struct {
	const char *verb, *reply;
} commands[] = {
	{"HELO", "250 listener\r\n"},
	{"MAIL", "250 sender\r\n"},
	{"RCPT", "250 recipient\r\n"},
	{"RSET", "250 reset\r\n"},
	{"NOOP", "250 nothing\r\n"},
	{"QUIT", "221 bye\r\n"},
};

static void take_command(struct listener *l, struct peer *p)
{
	if (p->line_len >= 6 && strncasecmp((char *)p->line, "DATA\r\n", 6) == 0) {
		begin_content(l, p);
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (p->line_len >= 4 &&
			strncasecmp((char *)p->line, commands[i].verb, 4) == 0) {
			answer(p, commands[i].reply);
			p->closing |= commands[i].verb[0] == 'Q';
			return;
		}
	}
	answer(p, "500 what\r\n");
}

static void keep(struct peer *p, const uint8_t *octets, size_t len)
{
	if (p->content_len + len > CONTENT_MAX)
		len = CONTENT_MAX - p->content_len;
	memcpy(p->content + p->content_len, octets, len);
	p->content_len += len;
}

// A line ends in CRLF; a lone LF is an octet of it.
static void take_line(struct listener *l, struct peer *p)
{
	if (!p->in_content) {
		take_command(l, p);
	} else if (p->line_len == 3 && p->line[0] == '.') {
		end_content(l, p, true);
		answer(p, "250 taken\r\n");
	} else {
		size_t dot = p->line[0] == '.';
		keep(p, p->line + dot, p->line_len - dot);
	}
	p->line_len = 0;
}

static void take_octets(struct listener *l, struct peer *p, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len && !p->closing; i++) {
		p->line[p->line_len++] = at[i];
		if (p->line_len >= 2 && at[i] == '\n' && p->line[p->line_len - 2] == '\r')
			take_line(l, p);
		else if (p->line_len == LINE_MAX_LEN)
			p->closing = true;
	}
}

static void leave(struct listener *l, struct peer *p)
{
	if (p->in_content) {
		size_t dot = p->line_len > 0 && p->line[0] == '.';
		keep(p, p->line + dot, p->line_len - dot);
		end_content(l, p, false);
	}
	close(p->fd);
	free(p->content);
	free(p);
}

static void serve(struct listener *l, struct peer *p)
{
	uint8_t octets[8192];
	size_t room = p->server_port == NARROW ? 300 : sizeof(octets);
	ssize_t len = recv(p->fd, octets, room, MSG_DONTWAIT);

	if (len > 0)
		take_octets(l, p, octets, (size_t)len);
	if (len == 0 || (len < 0 && errno != EAGAIN) || p->closing) {
		leave(l, p);
	} else if (p->server_port == NARROW) {
		// Its window stays narrow because it never catches up at once.
		usleep(200);
	}
}

static void welcome(struct listener *l, int listening)
{
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	int fd = accept4(listening, (struct sockaddr *)&from, &len, SOCK_NONBLOCK);

	if (fd < 0)
		return;
	struct peer *p = calloc(1, sizeof(*p));
	uint8_t *content = malloc(CONTENT_MAX);
	if (p == NULL || content == NULL) {
		free(p);
		free(content);
		close(fd);
		return;
	}
	p->fd = fd;
	p->content = content;
	p->port = ntohs(from.sin6_port);
	inet_ntop(AF_INET6, &from.sin6_addr, p->address, sizeof(p->address));
	len = sizeof(from);
	getsockname(fd, (struct sockaddr *)&from, &len);
	p->server_port = ntohs(from.sin6_port);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};
	epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event);
	answer(p, "220 listener\r\n");
}

static int listen_on(uint16_t port)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1,
	    room = NARROW_ROOM;
	struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (port == NARROW)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) != 0 ||
		listen(fd, BACKLOG) != 0)
		return -1;
	return fd;
}

static FILE *open_in(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "w");
}

int listener_run(const char *dir, int ready, int stop)
{
	static const uint16_t ports[] = {25, NARROW};
	struct rlimit many = {DESCRIPTORS, DESCRIPTORS};
	struct listener l = {.epoll = epoll_create1(0),
		.truth = open_in(dir, "truth"),
		.contents = open_in(dir, "contents")};
	int listening[2];

	setrlimit(RLIMIT_NOFILE, &many);
	if (l.epoll < 0 || l.truth == NULL || l.contents == NULL)
		return -errno;
	for (int i = 0; i < 2; i++) {
		listening[i] = listen_on(ports[i]);
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &listening[i]};
		if (listening[i] < 0 ||
			epoll_ctl(l.epoll, EPOLL_CTL_ADD, listening[i], &event) != 0)
			return -errno;
	}
	struct epoll_event ended = {.events = EPOLLIN, .data.ptr = NULL};
	epoll_ctl(l.epoll, EPOLL_CTL_ADD, stop, &ended);
	close(ready);
	for (;;) {
		struct epoll_event events[EVENTS];
		int n = epoll_wait(l.epoll, events, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			void *who = events[i].data.ptr;
			if (who == NULL)
				return fclose(l.truth) | fclose(l.contents) ? -EIO : 0;
			if (who == &listening[0] || who == &listening[1])
				welcome(&l, *(int *)who);
			else
				serve(&l, who);
		}
	}
}
