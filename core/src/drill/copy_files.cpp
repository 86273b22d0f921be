// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "drill/copy_files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace carma::drill {

namespace {

namespace fs = std::filesystem;

class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor()
    {
        if (m_number >= 0) {
            ::close(m_number);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

Error systemError(const std::string& path)
{
    const int code = errno;
    const ErrorCode kind = code == ENOENT ? ErrorCode::NotFound : code == ENOSPC || code == EDQUOT ? ErrorCode::NoSpace : ErrorCode::Io;
    return {kind, path + ": " + std::strerror(code)}; // NOLINT(concurrency-mt-unsafe)
}

Result<std::uint64_t> copyFile(const fs::path& from, const fs::path& to)
{
    const Descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.number() < 0) {
        return systemError(from);
    }
    const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out.number() < 0) {
        return systemError(to);
    }
    struct stat status {};
    if (::fstat(in.number(), &status) != 0) {
        return systemError(from);
    }
    if (::ioctl(out.number(), FICLONE, in.number()) == 0) {
        return static_cast<std::uint64_t>(status.st_size);
    }
    std::vector<char> buffer(1U << 20U);
    std::uint64_t copied = 0;
    for (;;) {
        const ssize_t got = ::read(in.number(), buffer.data(), buffer.size());
        if (got < 0) {
            return systemError(from);
        }
        if (got == 0) {
            return copied;
        }
        for (ssize_t done = 0; done < got;) {
            const ssize_t written = ::write(out.number(), buffer.data() + done, static_cast<std::size_t>(got - done));
            if (written < 0) {
                return systemError(to);
            }
            done += written;
        }
        copied += static_cast<std::uint64_t>(got);
    }
}

} // namespace

Result<std::uint64_t> copyStoreFiles(const std::string& from, const std::string& to, const Task& task)
{
    std::error_code failed;
    fs::create_directories(fs::path(to) / "shards", failed);
    if (failed) {
        return Error{ErrorCode::Io, to + ": " + failed.message()};
    }
    fs::permissions(to, fs::perms::owner_all, failed);
    std::vector<std::pair<fs::path, fs::path>> files;
    for (const char* name : {"catalog.sqlite", "catalog.sqlite-wal", "catalog.sums"}) {
        if (fs::exists(fs::path(from) / name, failed)) {
            files.emplace_back(fs::path(from) / name, fs::path(to) / name);
        }
    }
    for (const auto& folder : fs::directory_iterator(fs::path(from) / "shards", failed)) {
        const fs::path target = fs::path(to) / "shards" / folder.path().filename();
        fs::create_directory(target, failed);
        for (const auto& file : fs::directory_iterator(folder.path(), failed)) {
            files.emplace_back(file.path(), target / file.path().filename());
        }
    }
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (task.cancelled()) {
            return Error{ErrorCode::Cancelled, "the drill was cancelled while the store was copied"};
        }
        task.report({"copying the store", i, files.size(), "files"});
        CARMA_TRY_ASSIGN(const std::uint64_t copied, copyFile(files[i].first, files[i].second));
        bytes += copied;
    }
    return bytes;
}

void removeCopy(const std::string& folder)
{
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

} // namespace carma::drill
