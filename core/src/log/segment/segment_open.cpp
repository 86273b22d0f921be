// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/sealed_segment.h"

#include <algorithm>

namespace carma::log {

namespace {

/// What the headers of one shard file say.
struct Vote {
    std::optional<SegmentInfo> info;
    bool otherGeometry = false;
};

Vote readVote(Disk& disk, const std::string& path, const SectorPlace& place, const Geometry& geometry)
{
    auto file = disk.open(path, OpenMode::Read);
    if (!file) {
        return {};
    }
    const std::uint64_t sectors = (*file)->size().value_or(0) / kSectorBytes;
    Vote vote;
    for (const std::uint64_t sector : {std::uint64_t{0}, sectors == 0 ? 0 : sectors - 1}) {
        Sector content{};
        SectorPlace here = place;
        here.index = sector;
        if ((*file)->readAt(sector * kSectorBytes, content).value_or(0) != kSectorBytes ||
            readFramedSector(here, content).state == SectorState::Bad) {
            continue;
        }
        const auto header = parseHeader(framePayload(content));
        if (!header || header->info.store != place.store || rowPlace(header->info, header->shard, 0).object != place.object ||
            header->shard != place.shard) {
            continue;
        }
        if (header->info.geometry == geometry) {
            vote.info = header->info;
            return vote;
        }
        vote.otherGeometry = true;
    }
    return vote;
}

/// What most headers say.
Result<SegmentInfo> countVotes(const std::vector<Vote>& votes, const std::string& name)
{
    std::vector<std::pair<SegmentInfo, unsigned>> counts;
    bool otherGeometry = false;
    for (const Vote& vote : votes) {
        otherGeometry = otherGeometry || vote.otherGeometry;
        if (!vote.info) {
            continue;
        }
        const auto same = std::ranges::find_if(counts, [&](const auto& count) { return count.first == *vote.info; });
        if (same == counts.end()) {
            counts.emplace_back(*vote.info, 1U);
        } else {
            ++same->second;
        }
    }
    if (counts.empty()) {
        return otherGeometry ? Error{ErrorCode::Corruption, name + " is of a store with another number of shards"}
                             : Error{ErrorCode::NotFound, "no header of " + name + " can be read"};
    }
    std::ranges::stable_sort(counts, [](const auto& a, const auto& b) { return a.second > b.second; });
    if (counts.size() > 1 && counts[0].second == counts[1].second) {
        return {ErrorCode::Corruption, "the headers of " + name + " contradict each other"};
    }
    return counts[0].first;
}

} // namespace

Result<std::unique_ptr<Segment>> openSegment(
    Disk& disk, Executor& executor, const StoreId& store, const Geometry& geometry, const ShardFolders& folders, ShardFileId id)
{
    CARMA_TRY(validateGeometry(geometry, folders.size()));
    if (id.segment > kSegmentNumberMax) {
        return {ErrorCode::InvalidArgument, "there is no segment of that number"};
    }
    SegmentInfo wanted;
    wanted.store = store;
    wanted.segment = id.segment;
    wanted.generation = id.generation;
    const std::string name = shardFileName(id.segment, id.generation);
    std::vector<Vote> votes;
    for (unsigned shard = 0; shard < folders.size(); ++shard) {
        SectorPlace place = rowPlace(wanted, shard, 0);
        place.kind = SectorKind::ShardHeader;
        votes.push_back(readVote(disk, folders[shard] + "/" + name, place, geometry));
    }
    CARMA_TRY_ASSIGN(const SegmentInfo info, countVotes(votes, name));
    const ShardLayout layout = ShardLayout::of(info.geometry, info.payloadBytes);
    return std::unique_ptr<Segment>(std::make_unique<SealedSegment>(SegmentContext{disk, executor, folders, info, layout}));
}

} // namespace carma::log
