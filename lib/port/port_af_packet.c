// SPDX-License-Identifier: BSD-3-Clause
#include "port_internal.h"

#include <dirent.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

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

uint64_t port_af_packet_drops(const struct port *p)
{
	uint64_t drops = 0;

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
