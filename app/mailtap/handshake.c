// SPDX-License-Identifier: BSD-3-Clause
#include "handshake.h"

#include <errno.h>

// At one time few of many connections are at their beginning.
#define CONNECTIONS_A_PLACE 16
#define PLACES_MIN          64
#define PLACES_MAX          4096
#define PARTS_A_PLACE       4 // a usual handshake; that with a long chain takes eight

int handshake_env_init(struct handshake_env *env, uint32_t connections)
{
	uint32_t places = connections / CONNECTIONS_A_PLACE;

	places = places < PLACES_MIN ? PLACES_MIN : places;
	places = places > PLACES_MAX ? PLACES_MAX : places;
	int rc = mt_pool_init(&env->places, sizeof(struct handshake), places);
	if (rc == 0)
		rc = mt_pool_init(&env->parts, HANDSHAKE_PART, places * PARTS_A_PLACE);
	return rc;
}

void handshake_env_fini(struct handshake_env *env)
{
	mt_pool_fini(&env->places);
	mt_pool_fini(&env->parts);
}

struct handshake *handshake_begin(struct handshake_env *env)
{
	struct handshake *h = mt_pool_take(&env->places);

	if (h != NULL)
		*h = (struct handshake){0};
	return h;
}

void handshake_end(struct handshake_env *env, struct handshake *h)
{
	if (h == NULL)
		return;
	while (h->first != NULL) {
		struct handshake_part *part = h->first;
		h->first = part->next;
		mt_pool_put(&env->parts, part);
	}
	mt_pool_put(&env->places, h);
}

// The part that the next octets of this direction go to, with room in it. NULL: none is left.
static struct handshake_part *part_for(
	struct handshake_env *env, struct handshake *h, bool of_server)
{
	struct handshake_part *part = h->last;

	if (part != NULL && part->of_server == of_server &&
		part->used < HANDSHAKE_PART - sizeof(*part))
		return part;
	part = mt_pool_take(&env->parts);
	if (part == NULL)
		return NULL;
	*part = (struct handshake_part){.of_server = of_server};
	if (h->last != NULL)
		h->last->next = part;
	else
		h->first = part;
	h->last = part;
	return part;
}

static void keep(
	struct handshake_env *env, struct handshake *h, bool of_server, struct span text)
{
	while (text.len > 0) {
		struct handshake_part *part = part_for(env, h, of_server);
		if (part == NULL) {
			h->cut = true;
			h->scan[of_server].end = TLS_END_LIMIT;
			return;
		}
		struct span now =
			span_head(text, HANDSHAKE_PART - sizeof(*part) - part->used);
		memcpy(part->octets + part->used, now.ptr, now.len);
		part->used = (uint16_t)(part->used + now.len);
		text = span_skip(text, now.len);
	}
}

void handshake_feed(
	struct handshake_env *env, struct handshake *h, bool of_server, struct span text)
{
	uint32_t limit = of_server ? HANDSHAKE_SERVER_MAX : HANDSHAKE_CLIENT_MAX;
	size_t n = tls_scan_feed(&h->scan[of_server], text, limit);
	size_t left = text.len - n;

	keep(env, h, of_server, span_head(text, n));
	h->waited += (uint32_t)(left < HANDSHAKE_WAIT_MAX ? left : HANDSHAKE_WAIT_MAX);
}

void handshake_gap(struct handshake *h, bool of_server)
{
	tls_scan_gap(&h->scan[of_server]);
}

bool handshake_is_over(const struct handshake *h)
{
	return h->waited >= HANDSHAKE_WAIT_MAX ||
		(h->scan[0].end != TLS_OPEN && h->scan[1].end != TLS_OPEN);
}
