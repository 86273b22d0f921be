// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/folder_watch.h"
#include "store/memory_impl.h"

#include <map>
#include <set>
#include <utility>

namespace carma::store {

namespace {

constexpr int kWaitMs = 100; ///< how long a wish to stop may wait

/// Size and time of change by path: what is as it was is not read again.
using Seen = std::map<std::string, std::pair<std::uint64_t, std::int64_t>>;

/// Keeps of the files those that are not as they were.
void dropSeen(std::vector<ingest::SourceFile>& files, Seen& seen)
{
    Seen now;
    for (const ingest::SourceFile& file : files) {
        now.emplace(file.path, std::pair(file.size, file.modifiedUs));
    }
    std::erase_if(files, [&](const ingest::SourceFile& file) {
        const auto before = seen.find(file.path);
        return before != seen.end() && before->second == std::pair(file.size, file.modifiedUs);
    });
    seen = std::move(now);
}

} // namespace

Result<void> MemoryImpl::watch(const std::vector<std::string>& paths, const IngestOptions& options,
    const std::function<void(const IngestReport&)>& onRound, const Task& task)
{
    if (m_core.readOnly && !options.dryRun) {
        return m_core.readOnlyError();
    }
    CARMA_TRY_ASSIGN(ingest::FolderWatch changes, ingest::FolderWatch::open());
    CARMA_TRY(changes.add(paths));
    ingest::Debounce debounce;
    Seen seen;
    std::set<std::string> folders;
    bool first = true;
    while (!task.cancelled()) {
        auto found = walk(paths, options);
        if (!found.has_value() && (first || found.error().code != ErrorCode::NotFound)) {
            return found.error();
        }
        if (found.has_value()) {
            // Before reading: what changes while it is read is seen in the next round.
            CARMA_TRY(changes.add(found->folders));
            const std::size_t known = folders.size();
            folders.insert(found->folders.begin(), found->folders.end());
            if (folders.size() > known) { // what came into a new folder before it was watched is found by looking once more
                debounce.changed(m_core.world.clock->monotonicUs());
            }
            dropSeen(found->files, seen);
            if (!first) {
                found->skipped.clear(); // told once
            }
            if (first || !found->files.empty()) {
                CARMA_TRY_ASSIGN(const IngestReport report, ingestFound(*std::move(found), options, task));
                onRound(report);
            }
        }
        first = false;
        while (!task.cancelled()) {
            if (changes.wait(kWaitMs)) {
                debounce.changed(m_core.world.clock->monotonicUs());
            }
            if (debounce.due(m_core.world.clock->monotonicUs())) {
                break;
            }
        }
    }
    return {};
}

} // namespace carma::store
