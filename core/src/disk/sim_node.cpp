// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/sim_tree.h"

#include <algorithm>
#include <iterator>

namespace carma::disk {

namespace {

void put(Bytes& bytes, std::uint64_t offset, ByteView data)
{
    if (data.empty()) {
        return;
    }
    if (bytes.size() < offset + data.size()) {
        bytes.resize(offset + data.size());
    }
    std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// Calls visit(sector, offset, part) for each sector that the write touches.
template <typename Visit> void forEachPiece(const SimChange& change, Visit visit)
{
    const ByteView data(change.data);
    std::uint64_t done = 0;
    while (done < data.size()) {
        const std::uint64_t at = change.offset + done;
        const std::uint64_t size = std::min<std::uint64_t>(kSimSectorSize - at % kSimSectorSize, data.size() - done);
        visit(at / kSimSectorSize, at, data.subspan(done, size));
        done += size;
    }
}

/// Each sector gets the state after a random number of the writes that touched it; each truncate happens or not.
void tear(Bytes& durable, const std::vector<SimChange>& changes, std::uint64_t liveSize, SplitMix& random)
{
    std::map<std::uint64_t, std::uint64_t> keptOf; // sector -> how many of its writes are still to be kept
    for (const SimChange& change : changes) {
        if (!change.isTruncate) {
            forEachPiece(change, [&](std::uint64_t sector, std::uint64_t, ByteView) { ++keptOf[sector]; });
        }
    }
    for (auto& [sector, kept] : keptOf) {
        kept = random.below(kept + 1);
    }
    for (const SimChange& change : changes) {
        if (change.isTruncate) {
            if (random.coin()) {
                durable.resize(change.offset);
            }
            continue;
        }
        forEachPiece(change, [&](std::uint64_t sector, std::uint64_t at, ByteView part) {
            std::uint64_t& kept = keptOf[sector];
            if (kept > 0) {
                --kept;
                put(durable, at, part);
            }
        });
    }
    // A file system may have written the new size before the data: the bytes in between read as zeroes.
    if (durable.size() < liveSize && random.coin()) {
        durable.resize(liveSize);
    }
}

} // namespace

void SimNode::write(std::uint64_t offset, ByteView data)
{
    if (data.empty()) {
        return;
    }
    put(live, offset, data);
    unsynced.push_back({false, offset, toBytes(data)});
    unreadable.erase(unreadable.lower_bound(offset / kSimSectorSize), unreadable.upper_bound((offset + data.size() - 1) / kSimSectorSize));
}

void SimNode::resize(std::uint64_t size)
{
    live.resize(size);
    unsynced.push_back({true, size, {}});
}

void SimNode::settle()
{
    for (const SimChange& change : unsynced) {
        if (change.isTruncate) {
            durable.resize(change.offset);
        } else {
            put(durable, change.offset, change.data);
        }
    }
    unsynced.clear();
}

void SimNode::crash(SimCrash how, SplitMix& random)
{
    if (how == SimCrash::KeepUnsynced) {
        settle();
    } else if (how == SimCrash::Seeded && !unsynced.empty()) {
        // Whole outcomes are likelier than chance would make them: they are the common ones on real machines.
        switch (random.below(4)) {
        case 0: break;
        case 1: settle(); break;
        default: tear(durable, unsynced, live.size(), random);
        }
    }
    unsynced.clear();
    live = durable;
}

} // namespace carma::disk
