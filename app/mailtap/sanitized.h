// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Whether a sanitizer is built in. Its runtime writes reports where it likes and stops threads as
// the process ends; what would stop it from doing so is left out of such a build.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MAILTAP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define MAILTAP_SANITIZED 1
#endif
#endif
#ifndef MAILTAP_SANITIZED
#define MAILTAP_SANITIZED 0
#endif
