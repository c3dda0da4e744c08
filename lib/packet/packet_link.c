// SPDX-License-Identifier: BSD-3-Clause
#include "packet.h"

// LINKTYPE_ values of the capture file formats that begin a frame as we can read it.
static const struct {
	int dlt;
	enum packet_link link;
} known[] = {
	{0, PACKET_LINK_NULL},
	{1, PACKET_LINK_ETHERNET},
	{12, PACKET_LINK_RAW}, // DLT_RAW
	{14, PACKET_LINK_RAW}, // DLT_RAW of OpenBSD
	{101, PACKET_LINK_RAW}, // LINKTYPE_RAW
	{108, PACKET_LINK_LOOP},
	{113, PACKET_LINK_SLL},
	{228, PACKET_LINK_RAW}, // LINKTYPE_IPV4
	{229, PACKET_LINK_RAW}, // LINKTYPE_IPV6
	{276, PACKET_LINK_SLL2},
};

int packet_link_from_dlt(int dlt)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].dlt == dlt)
			return (int)known[i].link;
	return -1;
}

static const struct {
	const char *name, *help;
} classes[PACKET_CLASS_COUNT] = {
#define X(name, help) [PACKET_##name] = {#name, help},
	PACKET_CLASS_LIST(X)
#undef X
};

const char *packet_class_name(enum packet_class class)
{
	return classes[class].name;
}

const char *packet_class_help(enum packet_class class)
{
	return classes[class].help;
}
