// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/sim_faults.h"

#include <algorithm>

namespace carma::sim {

namespace {

constexpr std::uint64_t kSector = 4096;
constexpr unsigned kFlipsASector = 16;

} // namespace

std::vector<std::pair<std::string, std::uint64_t>> Faults::files(const std::string& folder) const
{
    std::vector<std::pair<std::string, std::uint64_t>> found;
    const auto snapshot = m_disk.snapshot(folder);
    if (!snapshot.has_value()) {
        return found;
    }
    for (const auto& [name, bytes] : snapshot->files) {
        if (!bytes.empty()) {
            found.emplace_back(folder.empty() ? name : folder + "/" + name, bytes.size());
        }
    }
    return found;
}

int Faults::pickFolder()
{
    std::vector<unsigned> choices(m_damaged.begin(), m_damaged.end());
    if (m_damaged.size() < m_parity) {
        choices.clear();
        for (unsigned i = 0; i < m_total; ++i) {
            choices.push_back(i);
        }
    }
    return choices.empty() ? -1 : static_cast<int>(choices[m_random.below(choices.size())]);
}

std::string Faults::damageFile(const std::string& path, std::uint64_t size)
{
    const std::uint64_t at = m_random.below(size);
    const std::uint64_t length = 1 + m_random.below(std::min<std::uint64_t>(size - at, 65536));
    const std::uint64_t sectors = size / kSector;
    switch (m_random.below(7)) {
    case 0: (void)m_disk.deletePath(path); return path + " deleted";
    case 1: (void)m_disk.truncateFile(path, at); return path + " cut to " + std::to_string(at);
    case 2: (void)m_disk.zeroRange(path, at, length); return path + " zeroed from " + std::to_string(at) + " for " + std::to_string(length);
    case 3:
        (void)m_disk.overwrite(path, at, m_random.bytes(length));
        return path + " overwritten at " + std::to_string(at) + " for " + std::to_string(length);
    case 4:
        if (sectors > 1) {
            const std::uint64_t from = m_random.below(sectors);
            const std::uint64_t to = m_random.below(sectors);
            (void)m_disk.copySector(path, from, to, kSector);
            return path + " sector " + std::to_string(from) + " copied over " + std::to_string(to);
        }
        break;
    case 5:
        (void)m_disk.makeUnreadable(path, at, length);
        return path + " unreadable at " + std::to_string(at) + " for " + std::to_string(length);
    default: break;
    }
    const std::size_t flips = 17 + m_random.below(400);
    (void)m_disk.flipRandomBits(flips, path);
    return path + " with " + std::to_string(flips) + " flips";
}

std::string Faults::restoreStale(unsigned number)
{
    const auto old = m_old.find(number);
    if (old == m_old.end()) {
        return {};
    }
    if (m_random.below(2) == 0 || old->second.files.empty()) {
        (void)m_disk.restore(folder(number), old->second);
        return folder(number) + " as it was earlier";
    }
    auto file = old->second.files.begin();
    std::advance(file, static_cast<std::ptrdiff_t>(m_random.below(old->second.files.size())));
    disk::SimSnapshot one;
    one.files[""] = file->second;
    const std::string path = folder(number) + "/" + file->first;
    if (!m_disk.restore(path, one).has_value()) {
        return {};
    }
    return path + " as it was earlier";
}

std::string Faults::damageFolder()
{
    const int picked = pickFolder();
    if (picked < 0) {
        return {};
    }
    const auto number = static_cast<unsigned>(picked);
    std::string done;
    const std::uint64_t kind = m_random.below(10);
    if (kind == 0) {
        done = m_disk.deletePath(folder(number)).has_value() ? folder(number) + " deleted" : std::string();
    } else if (kind == 1) {
        done = restoreStale(number);
    } else if (kind == 2) {
        m_disk.loseNextWrite(folder(number));
        done = folder(number) + " will lose a write";
    } else {
        const auto choices = files(folder(number));
        if (!choices.empty()) {
            const auto& [path, size] = choices[m_random.below(choices.size())];
            if (kind == 3) {
                m_disk.misdirectNextWrite(folder(number), path, m_random.below(size) / kSector * kSector);
                done = folder(number) + " will misdirect a write to " + path;
            } else {
                done = damageFile(path, size);
            }
        }
    }
    if (!done.empty()) {
        m_damaged.insert(number);
    }
    return done;
}

std::vector<disk::SimFlip> Faults::flipBits(std::size_t count)
{
    std::vector<disk::SimFlip> done;
    const auto choices = files("shards");
    std::set<std::tuple<std::string, std::uint64_t, unsigned>> bits;
    for (std::size_t i = 0; i < count && !choices.empty(); ++i) {
        const auto& [path, size] = choices[m_random.below(choices.size())];
        disk::SimFlip flip{path, m_random.below(size), static_cast<unsigned>(m_random.below(8))};
        // One event in four hits a sector again, up to what its code can take.
        const unsigned burst = m_random.below(4) == 0 ? static_cast<unsigned>(1 + m_random.below(kFlipsASector)) : 1;
        for (unsigned n = 0; n < burst; ++n) {
            unsigned& inSector = m_flips[{flip.path, flip.offset / kSector}];
            if (inSector < kFlipsASector && bits.insert({flip.path, flip.offset, flip.bit}).second &&
                m_disk.flipBit(flip.path, flip.offset, flip.bit).has_value()) {
                ++inSector;
                done.push_back(flip);
            }
            const std::uint64_t sector = flip.offset / kSector * kSector;
            flip.offset = sector + m_random.below(std::min(kSector, size - sector));
            flip.bit = static_cast<unsigned>(m_random.below(8));
        }
    }
    return done;
}

std::string Faults::failFolder()
{
    const int picked = pickFolder();
    if (picked < 0) {
        return {};
    }
    const auto number = static_cast<unsigned>(picked);
    m_damaged.insert(number);
    disk::SimFailure failure;
    failure.on = static_cast<disk::SimOp>(m_random.below(4));
    failure.after = m_random.below(12);
    failure.persistent = m_random.below(3) == 0;
    failure.below = folder(number);
    failure.code = m_random.below(3) == 0 ? ErrorCode::NoSpace : ErrorCode::Io;
    failure.cacheKeepsFailedPages = m_random.below(2) == 0;
    m_disk.failOps(failure);
    return failure.below + " fails " + (failure.persistent ? "from" : "at") + " operation " + std::to_string(failure.after) + " of kind " +
        std::to_string(static_cast<unsigned>(failure.on)) + " with " + std::string(name(failure.code));
}

void Faults::remember()
{
    const auto number = static_cast<unsigned>(m_random.below(m_total));
    if (auto snapshot = m_disk.snapshot(folder(number)); snapshot.has_value()) {
        m_old[number] = *std::move(snapshot);
    }
}

void Faults::repaired()
{
    m_damaged.clear();
    m_flips.clear();
}

std::string Faults::damageWildly()
{
    std::string done;
    const std::uint64_t times = 1 + m_random.below(8);
    for (std::uint64_t i = 0; i < times; ++i) {
        const auto choices = files("");
        if (choices.empty()) {
            break;
        }
        const auto& [path, size] = choices[m_random.below(choices.size())];
        done += (done.empty() ? "" : "; ") + damageFile(path, size);
    }
    return done;
}

} // namespace carma::sim
