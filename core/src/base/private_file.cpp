// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/private_file.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace carma {

namespace {

Error failure(const std::string& path, std::string_view doing)
{
    const int reason = errno;
    const ErrorCode code = reason == EEXIST    ? ErrorCode::AlreadyExists
        : reason == ENOENT                     ? ErrorCode::NotFound
        : reason == ENOSPC || reason == EDQUOT ? ErrorCode::NoSpace
                                               : ErrorCode::Io;
    return {code, path + " cannot be " + std::string(doing) + ": " + std::strerror(reason)};
}

bool writeAll(int file, ByteView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

Result<int> createPrivateFile(const std::string& path)
{
    constexpr mode_t kOwnerOnly = 0600;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
    if (file < 0) {
        return failure(path, "made");
    }
    return file;
}

Result<void> writePrivateFile(const std::string& path, std::initializer_list<ByteView> parts)
{
    CARMA_TRY_ASSIGN(const int file, createPrivateFile(path));
    bool whole = true;
    for (const ByteView part : parts) {
        whole = whole && writeAll(file, part);
    }
    whole = whole && ::fsync(file) == 0;
    const Error problem = failure(path, "written");
    ::close(file);
    if (!whole) {
        ::unlink(path.c_str());
        return problem;
    }
    return {};
}

} // namespace carma
