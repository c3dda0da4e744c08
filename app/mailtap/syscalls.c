// SPDX-License-Identifier: BSD-3-Clause
#include "syscalls.h"

#include "sanitized.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// Kinds, so that a reader sees why a call stands here.
static const int refused[] = {
	// other programs
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	// other processes
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(process_madvise),
	SCMP_SYS(kcmp),
	SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(tkill),
	SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo),
	// the machine
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fspick),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(reboot),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(acct),
	SCMP_SYS(quotactl),
	SCMP_SYS(quotactl_fd),
	SCMP_SYS(syslog),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(adjtimex),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
	SCMP_SYS(vhangup),
	SCMP_SYS(nfsservctl),
	SCMP_SYS(lookup_dcookie),
	// parts of the kernel with a long history of holes, and none of our business
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(keyctl),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(io_setup),
	SCMP_SYS(io_submit),
	SCMP_SYS(fanotify_init),
	SCMP_SYS(modify_ldt),
	SCMP_SYS(vmsplice),
	SCMP_SYS(splice),
	SCMP_SYS(tee),
	SCMP_SYS(personality),
	SCMP_SYS(uselib),
	SCMP_SYS(ustat),
	SCMP_SYS(sysfs),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(name_to_handle_at),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(seccomp),
	// rights and owners: all files have theirs from their creation
	SCMP_SYS(chmod),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat),
	SCMP_SYS(chown),
	SCMP_SYS(fchown),
	SCMP_SYS(lchown),
	SCMP_SYS(fchownat),
	SCMP_SYS(setxattr),
	SCMP_SYS(lsetxattr),
	SCMP_SYS(fsetxattr),
	SCMP_SYS(mknod),
	SCMP_SYS(mknodat),
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(setfsuid),
	SCMP_SYS(setfsgid),
	SCMP_SYS(capset),
	// the network
	SCMP_SYS(listen),
	SCMP_SYS(bind),
	SCMP_SYS(socketpair),
};

static int refuse_all(scmp_filter_ctx filter)
{
	int rc = 0;

	// A call that this architecture does not have needs no rule.
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]) && rc == 0; i++)
		if (refused[i] >= 0)
			rc = seccomp_rule_add(
				filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	// The leak checker of a sanitizer stops its own threads by ptrace, as it ends.
	if (rc == 0 && !MAILTAP_SANITIZED)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ptrace), 0);
	return rc;
}

// Threads may be made (the console makes one a client), processes may not. The flags of clone3
// are out of a filter's sight; the C library falls back to clone.
static int refuse_processes(scmp_filter_ctx filter)
{
	if (MAILTAP_SANITIZED)
		return 0;
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 1,
			SCMP_A0_32(SCMP_CMP_NE, (uint32_t)getpid()));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
			SCMP_A0_32(SCMP_CMP_NE, (uint32_t)getpid()));
	if (rc == 0) // limits of its own are read by the C library
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64),
			1, SCMP_A0_32(SCMP_CMP_NE, 0));
	return rc;
}

// No memory that can be written and executed, or that becomes executable. Libraries are mapped
// from their files as they are.
static int refuse_new_code(scmp_filter_ctx filter)
{
	static const scmp_datum_t both = PROT_WRITE | PROT_EXEC;

	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, both, both));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 2,
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC),
			SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mprotect),
			1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	return rc == 0
		? seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(pkey_mprotect),
			  1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC))
		: rc;
}

#define FAMILY_MAX 64

// Sockets that are open stay usable; new ones can reach nobody.
static int refuse_sockets(scmp_filter_ctx filter, const struct syscalls_needs *needs)
{
	int rc = 0;

	for (unsigned f = 0; f <= FAMILY_MAX && rc == 0; f++)
		if (f != AF_UNIX && !(f == AF_INET && needs->device_sockets))
			rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
				SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_EQ, f));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
			SCMP_A0_32(SCMP_CMP_GT, FAMILY_MAX));
	if (rc == 0 && needs->device_sockets)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 2,
			SCMP_A0_32(SCMP_CMP_EQ, AF_INET),
			SCMP_A1_32(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM));
	if (rc == 0 && needs->device_sockets)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 2,
			SCMP_A0_32(SCMP_CMP_EQ, AF_INET),
			SCMP_A1_32(SCMP_CMP_MASKED_EQ, 0xf, SOCK_RAW));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sendto), 1,
			SCMP_A4(SCMP_CMP_NE, 0));
	if (rc != 0 || needs->connects)
		return rc;
	static const int sends[] = {
		SCMP_SYS(connect), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg)};
	for (size_t i = 0; i < sizeof(sends) / sizeof(sends[0]) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), sends[i], 0);
	return rc;
}

int syscalls_limit(const struct syscalls_needs *needs, struct mt_error *error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter != NULL ? 0 : -ENOMEM;

	if (rc == 0) // threads that run already
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0) // refusals are worth a line in the audit log; old kernels cannot
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	if (rc == 0)
		rc = refuse_all(filter);
	if (rc == 0)
		rc = refuse_processes(filter);
	if (rc == 0)
		rc = refuse_new_code(filter);
	if (rc == 0)
		rc = refuse_sockets(filter, needs);
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	if (rc == 0)
		return 0;
	return mt_error_set(error, -rc, "system calls cannot be taken away (seccomp): %s",
		strerror(-rc));
}
