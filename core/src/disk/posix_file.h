// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

namespace carma::disk {

/// Owns a file descriptor; -1 is none.
class FileDescriptor {
public:
    explicit FileDescriptor(int descriptor = -1) : m_descriptor(descriptor) {}
    FileDescriptor(FileDescriptor&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~FileDescriptor(); ///< keeps errno

    [[nodiscard]] int get() const { return m_descriptor; }

private:
    int m_descriptor;
};

/// open(2), again after EINTR.
int openRetrying(const char* full, int flags, mode_t mode);

/// What errno says about `path` (relative to the root), in one sentence. `detail` follows the path.
Error posixError(std::string_view what, std::string_view path, const std::string& detail = {});

/// `path` is for messages only. Positioned reads and writes may run from several threads at once.
std::unique_ptr<DiskFile> makePosixFile(FileDescriptor file, std::string path);

/// flock on the file `full`, made if missing, which holds the text `holder` while the lock is held.
Result<std::unique_ptr<DiskLock>> lockPosixFile(const std::string& full, std::string_view path, std::string_view holder);

} // namespace carma::disk
