// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/program/confine.h"

#include "process/bounds.h"
#include "process/child_process.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace carma::plugins {

namespace {

void refuse(scmp_filter_ctx filter, int call, int error = EPERM)
{
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, 0, nullptr);
}

void refuseIf(scmp_filter_ctx filter, int call, const scmp_arg_cmp& condition)
{
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &condition);
}

/// A mapping that is shared and writable gets around the limit on writing to files, and so does an empty file.
void refuseWriting(scmp_filter_ctx filter)
{
    for (const auto& [call, flags] : {std::pair{SCMP_SYS(open), 1U}, std::pair{SCMP_SYS(openat), 2U}}) {
        for (const auto bits : {O_CREAT, O_TRUNC}) {
            const auto mask = static_cast<scmp_datum_t>(bits);
            refuseIf(filter, call, {.arg = flags, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = mask});
        }
        refuseIf(filter, call, {.arg = flags, .op = SCMP_CMP_MASKED_EQ, .datum_a = O_ACCMODE, .datum_b = O_RDWR});
    }
    refuse(filter, SCMP_SYS(openat2), ENOSYS); // its flags are out of a filter's sight
    for (const int call : {SCMP_SYS(creat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
             SCMP_SYS(rmdir), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(link), SCMP_SYS(linkat),
             SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(truncate), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat),
             SCMP_SYS(chown), SCMP_SYS(lchown), SCMP_SYS(fchown), SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr),
             SCMP_SYS(fsetxattr), SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr), SCMP_SYS(utimensat),
             SCMP_SYS(fallocate), SCMP_SYS(mount), SCMP_SYS(umount2)}) {
        refuse(filter, call);
    }
}

void refuseOtherProcesses(scmp_filter_ctx filter)
{
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
             SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(pidfd_open),
             SCMP_SYS(pidfd_getfd), SCMP_SYS(bpf), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(open_by_handle_at),
             SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(setns), SCMP_SYS(unshare)}) {
        refuse(filter, call);
    }
    refuse(filter, SCMP_SYS(clone3), ENOSYS); // its flags are out of a filter's sight; the C library then uses clone
    refuseIf(filter, SCMP_SYS(clone), {.arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD, .datum_b = 0});
    const auto self = static_cast<scmp_datum_t>(::getpid());
    refuseIf(filter, SCMP_SYS(tgkill), {.arg = 0, .op = SCMP_CMP_NE, .datum_a = self, .datum_b = 0});
}

} // namespace

void confine(std::uint64_t addressBytes)
{
    // The standard ones, the shared memory and the socket stay open.
    process::giveUp({.addressBytes = addressBytes, .descriptors = process::kInheritedDescriptor + 2});
    std::signal(SIGXFSZ, SIG_IGN); // a write that is refused is an error that a library can deal with
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == nullptr) {
        return;
    }
    refuseWriting(filter);
    refuseOtherProcesses(filter);
    seccomp_load(filter); // a kernel without it leaves the other limits
    seccomp_release(filter);
}

} // namespace carma::plugins
