// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults/fault_book.h"

#include "base/counted.h"

#include <algorithm>
#include <set>

namespace carma::faults {

namespace {

constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;
constexpr std::int64_t kMemoryUs = 30 * kDayUs; // what is older says nothing about a disk of today
constexpr std::size_t kReadErrorsMin = 2;       // a device that refused once may have been moved; twice is a sign
constexpr std::size_t kDaysMin = 3;             // days with damage: one bad day is an accident, three are a habit

} // namespace

std::string shardFolderOf(std::string_view file)
{
    constexpr std::string_view kShards = "shards/";
    if (!file.starts_with(kShards)) {
        return {};
    }
    return std::string(file.substr(0, file.find('/', kShards.size())));
}

void FaultBook::add(const Fault& fault)
{
    RememberedFault& known = m_places[{fault.file, fault.sector, fault.kind}];
    if (known.times == 0 || fault.seenUs < known.firstSeenUs) {
        known.firstSeenUs = fault.seenUs;
    }
    if (known.times == 0 || fault.seenUs >= known.lastSeenUs) {
        known.lastSeenUs = fault.seenUs;
        known.fault = fault;
    }
    ++known.times;
    if (std::string folder = shardFolderOf(fault.file); !folder.empty()) {
        m_folders[std::move(folder)].emplace_back(fault.seenUs, fault.kind);
    }
}

std::vector<RememberedFault> FaultBook::list(std::size_t limit) const
{
    std::vector<RememberedFault> all;
    all.reserve(m_places.size());
    for (const auto& [place, fault] : m_places) {
        all.push_back(fault);
    }
    std::ranges::stable_sort(all, std::greater{}, &RememberedFault::lastSeenUs);
    all.resize(std::min(all.size(), limit));
    return all;
}

std::vector<FolderAlert> FaultBook::alerts(std::int64_t nowUs) const
{
    std::vector<FolderAlert> found;
    for (const auto& [folder, seen] : m_folders) {
        std::set<std::int64_t> days;
        std::size_t readErrors = 0;
        std::size_t sectors = 0;
        for (const auto& [when, kind] : seen) {
            if (when < nowUs - kMemoryUs) {
                continue;
            }
            days.insert(when / kDayUs);
            readErrors += kind == FaultKind::ReadError ? 1 : 0;
            ++sectors;
        }
        const std::string advice = "replace the disk under " + folder + ", then run 'carma heal'";
        if (readErrors >= kReadErrorsMin) {
            found.push_back({folder, "its device refused " + counted(readErrors, "read", "reads") + " in 30 days", advice});
        } else if (days.size() >= kDaysMin) {
            found.push_back({folder,
                counted(sectors, "fault was", "faults were") + " found there on " + counted(days.size(), "day", "days") + " of the last 30",
                advice});
        }
    }
    return found;
}

} // namespace carma::faults
