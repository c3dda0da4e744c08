// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Between the files of this folder.

#include "port.h"

// Opens a capture file (or standard input, "-") and learns its link type. The descriptor is a
// regular file: what cannot be read twice is copied to an unnamed one first.
int port_file_open(struct port *p, const char *path, struct mt_error *error);
// Finds the driver's own sockets of an af_packet port: only they know what the kernel dropped.
void port_af_packet_find(struct port *p, uint32_t if_index);
// Opens the interface's own figures. Where there are none (no sysfs), nothing is told of them.
void port_af_packet_watch(struct port *p);
void port_af_packet_leave(struct port *p);
// Kernel drops since the last call: of the sockets, and in front of them.
uint64_t port_af_packet_drops(struct port *p);
// Whether the kernel's interface is there, switched on, and has a carrier.
bool port_af_packet_is_up(const struct port *p);
// Receive-side settings for whatever this device can do.
void port_nic_settings(
	const struct rte_eth_dev_info *info, uint16_t queues, struct rte_eth_conf *ret);
// What can only be asked of a configured or started device; refusals are harmless.
void port_nic_listen(uint16_t id);
