// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/program/confine.h"

#include "ingest/encoding.h"
#include "process/bounds.h"

#include <iconv.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <clocale>

namespace carma::ingest {

namespace {

/// Converters of the C library are files that are loaded when first used; those that stay open stay loaded.
void loadConverters()
{
    std::setlocale(LC_ALL, "C.UTF-8");
    for (const auto& [to, from] : {std::array{"UTF-16", "UTF-8"}, std::array{"UTF-8", "UTF-16"}, std::array{"UTF-16LE", "UTF-8"},
             std::array{"UTF-8", "UTF-16LE"}, std::array{"UTF-8", "UTF-16BE"}}) {
        [[maybe_unused]] const iconv_t kept = ::iconv_open(to, from);
    }
    [[maybe_unused]] const auto warmed = decodeText(asBytes("Gr\xFC\xDF"
                                                            "e aus K\xF6ln"));
}

void filterSystemCalls()
{
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == nullptr) {
        return;
    }
    for (const int call : {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(fstat),
             SCMP_SYS(newfstatat), SCMP_SYS(lseek), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex),
             SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(setitimer),
             SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times), SCMP_SYS(getrusage),
             SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
             SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall), SCMP_SYS(uname)}) {
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    // Memory may become readable and writable, never a program. A signal may go to oneself only, for abort().
    const scmp_arg_cmp noProgram{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
    const scmp_arg_cmp oneself{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = static_cast<scmp_datum_t>(::getpid()), .datum_b = 0};
    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &noProgram);
    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &noProgram);
    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &oneself);
    seccomp_load(filter); // a kernel without it leaves the other limits
    seccomp_release(filter);
}

} // namespace

void confine(std::uint64_t addressBytes)
{
    process::giveUp({.addressBytes = addressBytes});
    process::bound(RLIMIT_NPROC, 0);
    loadConverters();
    filterSystemCalls();
}

} // namespace carma::ingest
