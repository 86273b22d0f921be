// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/posix_file.h"

#include "disk/path.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace carma::disk {

namespace {

constexpr std::uint64_t kOffsetMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

ErrorCode codeOf(int reason)
{
    switch (reason) {
    case ENOENT:
    case ENOTDIR: return ErrorCode::NotFound;
    case EEXIST: return ErrorCode::AlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return ErrorCode::NoSpace;
    default: return ErrorCode::Io;
    }
}

class PosixFile final : public DiskFile {
public:
    PosixFile(FileDescriptor file, std::string path) : m_path(std::move(path)), m_file(std::move(file)) {}

    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        std::size_t done = 0;
        while (done < out.size() && offset <= kOffsetMax - out.size()) {
            const ssize_t got = ::pread(m_file.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
            if (got == 0) {
                break;
            }
            if (got > 0) {
                done += static_cast<std::size_t>(got);
            } else if (errno != EINTR) {
                return posixError("cannot read", m_path, " at byte " + std::to_string(offset + done));
            }
        }
        return done;
    }

    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        CARMA_TRY(refuseAfterFailedSync());
        if (offset > kOffsetMax - data.size()) {
            return {ErrorCode::InvalidArgument, "cannot write " + m_path + ": the offset is beyond any file"};
        }
        std::size_t done = 0;
        while (done < data.size()) {
            const ssize_t put = ::pwrite(m_file.get(), data.data() + done, data.size() - done, static_cast<off_t>(offset + done));
            if (put > 0) {
                done += static_cast<std::size_t>(put);
            } else if (put == 0) {
                return Error{ErrorCode::Io, "cannot write " + m_path + ": the system took no byte"};
            } else if (errno != EINTR) {
                return posixError("cannot write", m_path, " at byte " + std::to_string(offset + done));
            }
        }
        return {};
    }

    /// Never tried again after a failure: the kernel has then marked pages clean that never reached the disk.
    Result<void> sync() override
    {
        CARMA_TRY(refuseAfterFailedSync());
        int rc = 0;
        do {
            rc = ::fdatasync(m_file.get());
        } while (rc != 0 && errno == EINTR); // interrupted before any error was reported
        if (rc == 0) {
            return {};
        }
        m_syncError = errno;
        return posixError("cannot sync", m_path);
    }

    Result<void> truncate(std::uint64_t size) override
    {
        CARMA_TRY(refuseAfterFailedSync());
        if (size > kOffsetMax) {
            return {ErrorCode::InvalidArgument, "cannot truncate " + m_path + ": the size is beyond any file"};
        }
        int rc = 0;
        do {
            rc = ::ftruncate(m_file.get(), static_cast<off_t>(size));
        } while (rc != 0 && errno == EINTR);
        return rc == 0 ? Result<void>() : posixError("cannot truncate", m_path);
    }

    Result<std::uint64_t> size() override
    {
        struct stat status {};
        if (::fstat(m_file.get(), &status) != 0) {
            return posixError("cannot look at", m_path);
        }
        return static_cast<std::uint64_t>(status.st_size);
    }

private:
    Result<void> refuseAfterFailedSync()
    {
        const int reason = m_syncError;
        if (reason == 0) {
            return {};
        }
        return {codeOf(reason),
            "cannot trust " + m_path + " after a failed sync: " + std::generic_category().message(reason) + "; open it anew"};
    }

    const std::string m_path;
    const FileDescriptor m_file;
    std::atomic<int> m_syncError{0}; // errno of the first failed sync
};

/// Not more than this is read of a lock file: it holds one line for people, and anybody may have written it.
constexpr std::size_t kHolderSizeMax = 256;

class PosixLock final : public DiskLock {
public:
    explicit PosixLock(FileDescriptor file) : m_file(std::move(file)), m_owner(::getpid()) {}
    PosixLock(const PosixLock&) = delete;
    PosixLock& operator=(const PosixLock&) = delete;

    /// A forked child shares the lock; only the process that took it may give it back.
    ~PosixLock() override
    {
        if (::getpid() == m_owner) {
            (void)!::ftruncate(m_file.get(), 0);
            (void)::flock(m_file.get(), LOCK_UN);
        }
    }

private:
    const FileDescriptor m_file;
    const pid_t m_owner;
};

std::string readHolder(int descriptor)
{
    char text[kHolderSizeMax];
    const ssize_t got = ::pread(descriptor, text, sizeof text, 0);
    std::string holder(text, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    std::replace_if(
        holder.begin(), holder.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return holder;
}

/// 1 ms, then twice as long each time, 64 ms at most.
void waitAMoment(int attempt)
{
    constexpr int kDoublingsMax = 6;
    constexpr long kNanoseconds = 1'000'000;
    const timespec moment{.tv_sec = 0, .tv_nsec = kNanoseconds << std::min(attempt, kDoublingsMax)};
    (void)::nanosleep(&moment, nullptr);
}

/// The path may name another file by now; a lock on the old one would protect nothing.
bool stillNamed(int descriptor, const std::string& full)
{
    struct stat held {};
    struct stat named {};
    return ::fstat(descriptor, &held) == 0 && ::stat(full.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev;
}

} // namespace

FileDescriptor::~FileDescriptor()
{
    if (m_descriptor >= 0) {
        const int kept = errno;
        (void)::close(m_descriptor); // never retried: after EINTR Linux has closed it
        errno = kept;
    }
}

int openRetrying(const char* full, int flags, mode_t mode)
{
    int descriptor = -1;
    do {
        descriptor = ::open(full, flags, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

Error posixError(std::string_view what, std::string_view path, const std::string& detail)
{
    const int reason = errno;
    return {codeOf(reason), std::string(what) + " " + shown(path) + detail + ": " + std::generic_category().message(reason)};
}

std::unique_ptr<DiskFile> makePosixFile(FileDescriptor file, std::string path)
{
    return std::make_unique<PosixFile>(std::move(file), std::move(path));
}

Result<std::unique_ptr<DiskLock>> lockPosixFile(const std::string& full, std::string_view path, std::string_view holder)
{
    constexpr int kAttempts = 16; // each needs somebody between two steps of taking, leaving or replacing the file
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        FileDescriptor file(openRetrying(full.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
        if (file.get() < 0) {
            return posixError("cannot lock", path);
        }
        int rc = 0;
        do {
            rc = ::flock(file.get(), LOCK_EX | LOCK_NB);
        } while (rc != 0 && errno == EINTR);
        if (rc != 0) {
            if (errno != EWOULDBLOCK) {
                return posixError("cannot lock", path);
            }
            const std::string other = readHolder(file.get());
            if (other.empty() && attempt + 1 < kAttempts) { // it has the lock and not yet its name in it, or is just leaving
                waitAMoment(attempt);
                continue;
            }
            return Error{ErrorCode::Busy, shown(path) + " is held by " + (other.empty() ? "another process" : other)};
        }
        if (stillNamed(file.get(), full)) {
            // The text only helps people: a full disk must not keep anybody from opening a store.
            (void)!::ftruncate(file.get(), 0);
            (void)!::pwrite(file.get(), holder.data(), holder.size(), 0);
            return std::unique_ptr<DiskLock>(std::make_unique<PosixLock>(std::move(file)));
        }
    }
    return Error{ErrorCode::Busy, shown(path) + " is replaced again and again by another process"};
}

} // namespace carma::disk
