// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace carma::ingest {

Result<FolderWatch> FolderWatch::open()
{
    const int descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0) {
        return {ErrorCode::Unsupported, "this system cannot watch folders, or not one more"};
    }
    return FolderWatch(descriptor);
}

FolderWatch::FolderWatch(FolderWatch&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

FolderWatch::~FolderWatch()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Result<void> FolderWatch::add(const std::vector<std::string>& paths)
{
    constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_MODIFY;
    for (const std::string& path : paths) {
        if (::inotify_add_watch(m_descriptor, path.c_str(), kEvents) < 0 && errno == ENOSPC) {
            return {ErrorCode::LimitExceeded, "the system's limit on watched folders is reached (fs.inotify.max_user_watches), at " + path};
        }
    }
    return {};
}

bool FolderWatch::wait(int timeoutMs) const
{
    pollfd one{m_descriptor, POLLIN, 0};
    if (::poll(&one, 1, timeoutMs) <= 0) {
        return false;
    }
    alignas(inotify_event) std::array<char, 64U << 10U> events{};
    bool any = false;
    while (::read(m_descriptor, events.data(), events.size()) > 0) { // what happened is found by looking, not told
        any = true;
    }
    return any;
}

} // namespace carma::ingest
