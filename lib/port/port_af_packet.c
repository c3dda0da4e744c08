// SPDX-License-Identifier: BSD-3-Clause
#include "port_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// The driver keeps its sockets to itself, but they are ours: they are found among our descriptors by
// the interface they are bound to.
void port_af_packet_find(struct port *p, uint32_t if_index)
{
	DIR *descriptors = opendir("/proc/self/fd");
	struct dirent *entry;

	if (descriptors == NULL)
		return;
	while ((entry = readdir(descriptors)) != NULL &&
		p->socket_count < PORT_SOCKETS_MAX) {
		int fd = (int)strtol(entry->d_name, NULL, 10), domain = 0;
		struct sockaddr_ll at;
		socklen_t len = sizeof(domain);
		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 ||
			domain != AF_PACKET)
			continue;
		len = sizeof(at);
		if (getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
			at.sll_ifindex == (int)if_index)
			p->sockets[p->socket_count++] = fd;
	}
	closedir(descriptors);
}

// What is lost before a socket sees it: the backlog of a processor was full (net.core.netdev_max_backlog),
// or the card's ring. The files are opened while we may, and read again for as long as we run.
void port_af_packet_watch(struct port *p)
{
	static const char *const figures[] = {"rx_dropped", "rx_missed_errors"};
	char path[CONF_PATH_SIZE + 64];

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", p->shown,
			figures[i]);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			p->netdev[p->netdev_count++] = (struct port_netdev){fd, 0};
	}
}

void port_af_packet_leave(struct port *p)
{
	while (p->netdev_count > 0)
		close(p->netdev[--p->netdev_count].fd);
}

// Since the last call; of one that is gone, or began again, nothing.
static uint64_t netdev_moved(struct port_netdev *n)
{
	char text[32];
	ssize_t len = pread(n->fd, text, sizeof(text) - 1, 0);
	uint64_t last = n->last;

	if (len <= 0)
		return 0;
	text[len] = '\0';
	n->last = strtoull(text, NULL, 10);
	return n->last > last ? n->last - last : 0;
}

uint64_t port_af_packet_drops(struct port *p)
{
	uint64_t drops = 0;

	for (uint32_t i = 0; i < p->netdev_count; i++)
		drops += netdev_moved(&p->netdev[i]);

	for (uint32_t i = 0; i < p->socket_count; i++) {
		struct tpacket_stats counts;
		socklen_t len = sizeof(counts);
		// Reading resets the kernel's counter.
		if (getsockopt(p->sockets[i], SOL_PACKET, PACKET_STATISTICS, &counts,
			    &len) == 0)
			drops += counts.tp_drops;
	}
	return drops;
}

bool port_af_packet_is_up(const struct port *p)
{
	const int wanted = IFF_UP | IFF_RUNNING;
	struct ifreq ask = {0};
	size_t len = strnlen(p->shown, sizeof(ask.ifr_name) - 1);

	memcpy(ask.ifr_name, p->shown, len);
	return ioctl(p->sockets[0], SIOCGIFFLAGS, &ask) == 0 &&
		(ask.ifr_flags & wanted) == wanted;
}
