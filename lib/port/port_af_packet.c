// SPDX-License-Identifier: BSD-3-Clause
#include "port_internal.h"

#include <dirent.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/socket.h>

// The driver keeps the kernel's drop counters to itself, but its sockets are ours: they are found
// among our descriptors by the interface they are bound to. Reading resets the kernel's counter.
uint64_t port_af_packet_drops(uint32_t if_index)
{
	DIR *descriptors = opendir("/proc/self/fd");
	uint64_t drops = 0;
	struct dirent *entry;

	if (descriptors == NULL)
		return 0;
	while ((entry = readdir(descriptors)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10), domain = 0;
		struct sockaddr_ll at;
		struct tpacket_stats counts;
		socklen_t len = sizeof(domain);
		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 ||
			domain != AF_PACKET)
			continue;
		len = sizeof(at);
		if (getsockname(fd, (struct sockaddr *)&at, &len) != 0 ||
			at.sll_ifindex != (int)if_index)
			continue;
		len = sizeof(counts);
		if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &counts, &len) == 0)
			drops += counts.tp_drops;
	}
	closedir(descriptors);
	return drops;
}
