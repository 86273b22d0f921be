// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <string>
#include <vector>

namespace carma::ingest {

/// When a burst of changes is to be looked at. Times are of one clock that never runs backwards.
class Debounce {
public:
    void changed(std::int64_t nowUs)
    {
        m_firstUs = m_pending ? m_firstUs : nowUs;
        m_lastUs = nowUs;
        m_pending = true;
    }
    /// Whether it is time; then it starts anew.
    bool due(std::int64_t nowUs)
    {
        const bool now = m_pending && (nowUs - m_lastUs >= kQuietUs || nowUs - m_firstUs >= kLongestUs);
        m_pending = m_pending && !now;
        return now;
    }

    static constexpr std::int64_t kQuietUs = 500'000;
    static constexpr std::int64_t kLongestUs = 5'000'000; ///< a file that is written to without pause is looked at all the same

private:
    bool m_pending = false;
    std::int64_t m_firstUs = 0;
    std::int64_t m_lastUs = 0;
};

/// Tells that something below some folders has changed, by inotify. One thread at a time.
class FolderWatch {
public:
    static Result<FolderWatch> open();
    ~FolderWatch();
    FolderWatch(FolderWatch&& other) noexcept;
    FolderWatch& operator=(FolderWatch&&) = delete;
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    /// Watches these files and folders (not what is below them); those watched before stay so. What is gone is passed over.
    /// LimitExceeded if the system allows no more of them.
    Result<void> add(const std::vector<std::string>& paths);
    /// Waits for a change, at most `timeoutMs`; whether there was one.
    [[nodiscard]] bool wait(int timeoutMs) const;

private:
    explicit FolderWatch(int descriptor) : m_descriptor(descriptor) {}

    int m_descriptor;
};

} // namespace carma::ingest
