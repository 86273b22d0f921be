// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// The shard files of a sealed segment, two data and one parity, damaged or forged, read, scrubbed, salvaged and repaired.
#include "fuzz/fuzz_input.h"
#include "log/segment/shard_format.h"

#include <algorithm>

using namespace carma;
using namespace carma::log;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

constexpr Geometry kGeometry{.data = 2, .parity = 1};
const ShardFolders kFolders{"shards/0", "shards/1", "shards/2"};

struct Image {
    std::unique_ptr<Executor> executor = makeInlineExecutor();
    SegmentInfo info;
    ShardLayout layout;
    Bytes payload;
    std::vector<std::string> paths;
    Files files;

    Image()
    {
        info.store = StoreId{}.plus(99);
        info.segment = 7;
        info.generation = 2;
        info.geometry = kGeometry;
        info.firstSequence = 1000;
        info.recordCount = 55;
        payload = fuzz::SeededRandom(11).bytes(9 * kSectorBytes + 77);
        test::MemoryDisk disk;
        disk.folders.insert(kFolders.begin(), kFolders.end());
        const auto written = writeSegment(disk, *executor, kFolders, info, payload);
        CARMA_ASSERT(written.has_value());
        info = written->info;
        layout = ShardLayout::of(kGeometry, payload.size());
        for (const std::string& folder : kFolders) {
            paths.push_back(folder + "/" + shardFileName(info.segment, info.generation));
            files.emplace_back(*disk.files.at(paths.back()));
        }
    }
};

const Image& image()
{
    static const Image made;
    return made;
}

/// A check page, or a row together with its entries in the pages of its own file.
void reframe(Files& files, std::size_t file, std::uint64_t sector)
{
    const Image& good = image();
    const auto shard = static_cast<unsigned>(file);
    const auto at = [&](std::uint64_t index) {
        return std::span<std::byte, kSectorBytes>(files[file]->data() + index * kSectorBytes, kSectorBytes);
    };
    const bool isRow = sector >= 1 && sector < good.layout.ownChecks();
    if (isRow && files[file]->size() >= good.layout.bytes()) {
        const std::uint64_t row = sector - 1;
        const Hash128 check = sectorCheck(rowPlace(good.info, shard, row), at(sector));
        const SectorCode code = sectorCode(at(sector));
        std::ranges::copy(check.bytes, at(good.layout.ownChecks()).subspan(kSectorHeadBytes + row * 16).begin());
        std::ranges::copy(code, at(good.layout.codes()).subspan(kSectorHeadBytes + row * kSectorCodeBytes).begin());
        reframe(files, file, good.layout.ownChecks());
        reframe(files, file, good.layout.codes());
    } else if (!isRow && sector < good.layout.sectors()) {
        fuzz::reframeSector(placeInShard(good.info, good.layout, shard, sector), at(sector));
    }
}

/// Everything but the ranges that are named as lost is what was written.
void compareSalvage(Segment& segment)
{
    const Segment::Salvage salvage = segment.salvage();
    CARMA_ASSERT(salvage.payload.size() == image().payload.size());
    Bytes expected = image().payload;
    for (const Segment::Range& range : salvage.lost) {
        CARMA_ASSERT(range.offset + range.bytes <= expected.size());
        std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(range.offset), range.bytes, std::byte{0});
    }
    CARMA_ASSERT(salvage.payload == expected);
}

void readParts(Input& input, Segment& segment, bool forged)
{
    const std::uint64_t bytes = segment.info().payloadBytes;
    for (unsigned i = 0; i < 3; ++i) {
        const std::uint64_t offset = i == 0 ? 0 : input.below(bytes);
        const std::uint64_t size = i == 0 ? bytes : 1 + input.below(std::min<std::uint64_t>(bytes - offset, 3 * kSectorBytes));
        if (bytes == 0 || offset + size > bytes) {
            continue;
        }
        Bytes out(size);
        std::vector<ShardDamage> found;
        if (segment.read(offset, out, &found).has_value()) {
            CARMA_ASSERT(forged || std::ranges::equal(out, ByteView(image().payload).subspan(offset, size)));
        }
    }
}

bool isWhole(const test::MemoryDisk& disk)
{
    return std::ranges::all_of(image().paths, [&disk](const std::string& path) {
        const auto file = disk.files.find(path);
        return file != disk.files.end() && *file->second == *image().files[static_cast<std::size_t>(&path - image().paths.data())];
    });
}

void repairTwice(test::MemoryDisk& disk, Segment& segment, bool forged)
{
    const Segment::ScrubOutcome before = segment.scrub();
    const auto repaired = segment.repair("quarantine");
    if (!repaired.has_value() || forged) {
        return;
    }
    CARMA_ASSERT(repaired->lost.size() == before.lost.size());
    if (repaired->lost.empty()) {
        CARMA_ASSERT(isWhole(disk) && segment.scrub().damage.empty());
    }
    const auto again = segment.repair("quarantine");
    CARMA_ASSERT(again.has_value() && again->bytesWritten == 0);
}

void openFiles(Input& input, const Files& files, bool forged)
{
    test::MemoryDisk disk;
    disk.folders.insert(kFolders.begin(), kFolders.end());
    disk.folders.insert("quarantine");
    fuzz::load(disk, image().paths, files);
    const auto opened = openSegment(disk, *image().executor, image().info.store, kGeometry, kFolders, {7, 2});
    unsigned whole = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        whole += files[i] == image().files[i] ? 1 : 0;
    }
    CARMA_ASSERT(forged || whole < kGeometry.data || opened.has_value());
    if (!opened.has_value()) {
        return;
    }
    Segment& segment = **opened;
    CARMA_ASSERT(segment.info().payloadBytes <= kSegmentPayloadBytesMax);
    CARMA_ASSERT(forged || segment.info() == image().info);
    readParts(input, segment, forged);
    if (forged) {
        static_cast<void>(segment.salvage());
    } else {
        compareSalvage(segment);
        CARMA_ASSERT(whole < kGeometry.data || segment.salvage().lost.empty());
    }
    repairTwice(disk, segment, forged);
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    static_cast<void>(image());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    const std::uint8_t mode = input.byte() % 4;
    Input ranges(input.take(16)); // before the edits, which take all that is left
    Files files = image().files;
    if (mode == 0) { // the input's own bytes
        for (auto& file : files) {
            file = toBytes(input.take(&file == &files.back() ? size : input.u16()));
        }
    } else {
        const auto intent = mode == 1 ? fuzz::Intent::Damage : fuzz::Intent::Forge;
        fuzz::applyEdits(input, intent, files, [&files](std::size_t file, std::uint64_t sector, auto) { reframe(files, file, sector); });
    }
    openFiles(ranges, files, mode != 1);
    return 0;
}
