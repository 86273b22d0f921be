// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/health.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

/// What is remembered of damage: by place, with first and last time, and which folders fail again and again.
namespace carma::faults {

class FaultBook {
public:
    /// In any order. The outcome that counts is that of the latest.
    void add(const Fault& fault);
    /// The last seen first; at most `limit`.
    [[nodiscard]] std::vector<RememberedFault> list(std::size_t limit) const;
    /// Folders with repeated damage in the 30 days before `nowUs`, by name.
    [[nodiscard]] std::vector<FolderAlert> alerts(std::int64_t nowUs) const;

private:
    using Place = std::tuple<std::string, std::uint64_t, FaultKind>;
    std::map<Place, RememberedFault> m_places;
    /// For each shard folder the times at which anything was found there.
    std::map<std::string, std::vector<std::pair<std::int64_t, FaultKind>>> m_folders;
};

/// "shards/3" of "shards/3/tail-0000000001.log"; empty for files elsewhere.
std::string shardFolderOf(std::string_view file);

} // namespace carma::faults
