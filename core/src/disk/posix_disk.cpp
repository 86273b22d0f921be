// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/disk.h>

#include "disk/path.h"
#include "disk/posix_file.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace carma {

namespace {

using disk::FileDescriptor;
using disk::lastPart;
using disk::normalPath;
using disk::openRetrying;
using disk::posixError;
using disk::shown;

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

/// Beyond RLIMIT_FSIZE a write raises SIGXFSZ, which ends the process before anybody reads EFBIG. A signal handler that
/// the program installed itself is left alone.
void survivePastFileSizeLimit()
{
    struct sigaction current {};
    if (::sigaction(SIGXFSZ, nullptr, &current) == 0 && (current.sa_flags & SA_SIGINFO) == 0 && current.sa_handler == SIG_DFL) {
        (void)std::signal(SIGXFSZ, SIG_IGN);
    }
}

Result<void> syncFolderAt(const std::string& full, std::string_view path)
{
    const FileDescriptor folder(openRetrying(full.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
    if (folder.get() < 0) {
        return posixError("cannot open", path);
    }
    int rc = 0;
    do {
        rc = ::fsync(folder.get());
    } while (rc != 0 && errno == EINTR);
    return rc == 0 ? Result<void>() : posixError("cannot sync", path);
}

int flagsOf(OpenMode mode)
{
    switch (mode) {
    case OpenMode::Read: return O_RDONLY;
    case OpenMode::ReadWrite: return O_RDWR;
    case OpenMode::Create: return O_RDWR | O_CREAT;
    case OpenMode::CreateNew: return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

FileInfo infoOf(std::string_view name, const struct stat& status)
{
    const bool isDirectory = S_ISDIR(status.st_mode);
    return {std::string(name), isDirectory, isDirectory ? 0 : static_cast<std::uint64_t>(status.st_size)};
}

/// Plain paths below an absolute root, not paths relative to an open root folder: the root may be made later, or be
/// mounted anew, while the object lives. Nothing changes after construction, so every function is thread-safe.
class PosixDisk final : public Disk {
public:
    explicit PosixDisk(std::string root) : m_root(std::move(root)) {}

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override;
    Result<void> rename(std::string_view from, std::string_view to) override;
    Result<void> remove(std::string_view path) override;
    Result<void> removeFolder(std::string_view path) override;
    Result<void> makeFolder(std::string_view path) override;
    Result<void> syncFolder(std::string_view path) override;
    Result<std::vector<FileInfo>> list(std::string_view path) override;
    Result<std::optional<FileInfo>> info(std::string_view path) override;
    Result<std::unique_ptr<DiskLock>> lock(std::string_view path, std::string_view holder) override;
    std::uint64_t deviceOf(std::string_view path) override;
    std::optional<std::uint64_t> freeBytes() override;

private:
    [[nodiscard]] std::string full(std::string_view normal) const { return normal.empty() ? m_root : m_root + "/" + std::string(normal); }
    Result<void> makeRoot();

    const std::string m_root;
};

Result<std::unique_ptr<DiskFile>> PosixDisk::open(std::string_view path, OpenMode mode)
{
    CARMA_TRY_ASSIGN(std::string normal, normalPath(path));
    // O_NONBLOCK: a named pipe that lies where a file belongs must not stop the program for ever.
    const int flags = flagsOf(mode) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    FileDescriptor file(openRetrying(full(normal).c_str(), flags, kFileMode));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return posixError("cannot open", normal);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{ErrorCode::Io, "cannot open " + shown(normal) + ": it is not a regular file"};
    }
    return disk::makePosixFile(std::move(file), std::move(normal));
}

Result<void> PosixDisk::rename(std::string_view from, std::string_view to)
{
    CARMA_TRY_ASSIGN(const std::string source, normalPath(from));
    CARMA_TRY_ASSIGN(const std::string target, normalPath(to));
    if (source.empty() || target.empty()) {
        return {ErrorCode::InvalidArgument, "the folder itself cannot be renamed"};
    }
    if (::rename(full(source).c_str(), full(target).c_str()) != 0) {
        return posixError("cannot rename", source, " to " + target);
    }
    return {};
}

Result<void> PosixDisk::remove(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    return ::unlink(full(normal).c_str()) == 0 ? Result<void>() : posixError("cannot remove", normal);
}

Result<void> PosixDisk::removeFolder(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    if (normal.empty()) {
        return {ErrorCode::InvalidArgument, "the folder itself cannot be removed"};
    }
    return ::rmdir(full(normal).c_str()) == 0 ? Result<void>() : posixError("cannot remove folder", normal);
}

/// The root's parents are synced here, because no relative path can name them later.
Result<void> PosixDisk::makeRoot()
{
    struct stat status {};
    if (::stat(m_root.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return {};
    }
    for (std::size_t slash = m_root.find('/', 1);; slash = m_root.find('/', slash + 1)) {
        const std::string part = m_root.substr(0, slash);
        if (::mkdir(part.c_str(), kFolderMode) == 0) {
            const std::string parent = part.substr(0, std::max<std::size_t>(part.rfind('/'), 1));
            CARMA_TRY(syncFolderAt(parent, parent));
        } else if (errno != EEXIST && ::stat(part.c_str(), &status) != 0) {
            return posixError("cannot make folder", part);
        }
        if (slash == std::string::npos) {
            break;
        }
    }
    if (::stat(m_root.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        return {ErrorCode::AlreadyExists, m_root + " is there and is not a folder"};
    }
    return {};
}

Result<void> PosixDisk::makeFolder(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    CARMA_TRY(makeRoot());
    for (std::size_t end = 0; end < normal.size(); ++end) {
        end = std::min(normal.find('/', end), normal.size());
        const std::string part = normal.substr(0, end);
        if (::mkdir(full(part).c_str(), kFolderMode) == 0) {
            continue;
        }
        const int reason = errno;
        struct stat status {};
        if (::stat(full(part).c_str(), &status) != 0) {
            errno = reason == EEXIST ? ENOENT : reason; // a symbolic link to nothing
            return posixError("cannot make folder", part);
        }
        if (!S_ISDIR(status.st_mode)) {
            return {ErrorCode::AlreadyExists, "cannot make folder " + part + ": it is there and is not a folder"};
        }
    }
    return {};
}

Result<void> PosixDisk::syncFolder(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    return syncFolderAt(full(normal), normal);
}

Result<std::vector<FileInfo>> PosixDisk::list(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(full(normal).c_str()), &::closedir);
    if (folder == nullptr) {
        return posixError("cannot list", normal);
    }
    std::vector<FileInfo> found;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(folder.get());
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = entry->d_name;
        struct stat status {};
        // A name that is gone by now, or a link to nothing, is missing here just as it is for info().
        if (name != "." && name != ".." && ::fstatat(::dirfd(folder.get()), entry->d_name, &status, 0) == 0) {
            found.push_back(infoOf(name, status));
        }
    }
    if (errno != 0) {
        return posixError("cannot list", normal);
    }
    std::sort(found.begin(), found.end(), [](const FileInfo& a, const FileInfo& b) { return a.name < b.name; });
    return found;
}

Result<std::optional<FileInfo>> PosixDisk::info(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    struct stat status {};
    if (::stat(full(normal).c_str(), &status) == 0) {
        return std::optional(infoOf(lastPart(normal), status));
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return std::optional<FileInfo>();
    }
    return posixError("cannot look at", normal);
}

Result<std::unique_ptr<DiskLock>> PosixDisk::lock(std::string_view path, std::string_view holder)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    return disk::lockPosixFile(full(normal), normal, holder);
}

std::uint64_t PosixDisk::deviceOf(std::string_view path)
{
    const Result<std::string> normal = normalPath(path);
    struct stat status {};
    if (!normal || ::stat(full(*normal).c_str(), &status) != 0) {
        return 0;
    }
    return static_cast<std::uint64_t>(status.st_dev);
}

std::optional<std::uint64_t> PosixDisk::freeBytes()
{
    struct statvfs status {};
    if (::statvfs(m_root.c_str(), &status) != 0) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(status.f_bavail) * static_cast<std::uint64_t>(status.f_frsize);
}

} // namespace

std::unique_ptr<Disk> openPosixDisk(std::string root)
{
    survivePastFileSizeLimit();
    // Absolute from the start, so that a later change of the working folder moves nothing.
    std::error_code ignored;
    std::filesystem::path absolute = std::filesystem::absolute(root.empty() ? "." : root, ignored).lexically_normal();
    std::string text = ignored ? std::move(root) : absolute.string();
    while (text.size() > 1 && text.ends_with('/')) {
        text.pop_back();
    }
    return std::make_unique<PosixDisk>(std::move(text));
}

} // namespace carma
