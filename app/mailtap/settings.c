// SPDX-License-Identifier: BSD-3-Clause
#include "settings.h"

#include "mt_log.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

int settings_read(const struct args *args, struct conf *conf, struct mt_error *error)
{
	conf_defaults(conf);
	if (args->config != NULL && conf_load(conf, args->config, error) != 0)
		return EX_CONFIG;
	for (int i = 0; i < args->set_count; i++)
		if (conf_set(conf, args->sets[i], error) != 0)
			return EX_CONFIG;
	if (args->spool != NULL)
		snprintf(conf->spool, sizeof(conf->spool), "%s", args->spool);
	if (conf_check(conf, args->command != ARGS_RUN && args->command != ARGS_CHECK,
		    error) != 0)
		return EX_CONFIG;
	return 0;
}

void settings_set_log_level(const struct args *args, const struct conf *conf)
{
	for (enum mt_log_level l = MT_LOG_DEBUG; l < MT_LOG_LEVEL_COUNT; l++)
		if (strcmp(conf->log_level, mt_log_level_name(l)) == 0)
			mt_log_set_level(l);
	if (args->verbose > 0)
		mt_log_set_level(MT_LOG_DEBUG);
}
