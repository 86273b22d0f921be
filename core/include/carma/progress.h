// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace carma {

/// How far long work has come. Counts are of `unit`; `total` is 0 while it is not known.
struct Progress {
    std::string phase; ///< what is being done, for instance "reading files"
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::string unit = "items"; ///< "files", "bytes", "sectors", "records"
    std::string detail{};       ///< for people, for instance "3.1 MB/s"; may be empty
};

/// What a caller hands to long work: a place for progress and a way to stop it. Both may be left empty.
/// `onProgress` is called from the working thread at any rate; receivers thin it out themselves.
struct Task {
    std::function<void(const Progress&)> onProgress;
    std::stop_token stop;

    void report(const Progress& progress) const
    {
        if (onProgress) {
            onProgress(progress);
        }
    }
    [[nodiscard]] bool cancelled() const { return stop.stop_requested(); }
};

} // namespace carma
