// SPDX-License-Identifier: BSD-3-Clause
#define ALLOW_EXPERIMENTAL_API // the handles of 22.11 are those of later versions

#include "port_intr.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_interrupts.h>

struct port_intr {
	void (*run)(void *ctx);
	void *ctx;
	int event;
	struct rte_intr_handle *handle;
};

static void answer(void *arg)
{
	struct port_intr *i = arg;
	uint64_t asked;

	if (read(i->event, &asked, sizeof(asked)) == sizeof(asked))
		i->run(i->ctx);
}

static int listen_to(struct port_intr *i)
{
	i->handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (i->handle == NULL)
		return -ENOMEM;
	int rc = rte_intr_fd_set(i->handle, i->event);
	if (rc == 0)
		rc = rte_intr_type_set(i->handle, RTE_INTR_HANDLE_EXT);
	if (rc == 0)
		rc = rte_intr_callback_register(i->handle, answer, i);
	if (rc != 0)
		rte_intr_instance_free(i->handle);
	return rc;
}

struct port_intr *port_intr_create(void (*run)(void *ctx), void *ctx)
{
	struct port_intr *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	*i = (struct port_intr){.run = run, .ctx = ctx};
	i->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int rc = i->event < 0 ? -errno : listen_to(i);
	if (rc == 0)
		return i;
	if (i->event >= 0)
		close(i->event);
	free(i);
	errno = -rc;
	return NULL;
}

void port_intr_ask(struct port_intr *i)
{
	const uint64_t one = 1;

	// It can only fail when it was asked 2^64 times already.
	while (write(i->event, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void port_intr_destroy(struct port_intr *i)
{
	if (i == NULL)
		return;
	rte_intr_callback_unregister_sync(i->handle, answer, i);
	rte_intr_instance_free(i->handle);
	close(i->event);
	free(i);
}
