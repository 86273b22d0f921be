// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// The copies of a tail, damaged or forged, read and repaired.
#include "base/hash.h"
#include "fuzz/fuzz_input.h"
#include "log/record/merkle.h"
#include "log/tail/tail_format.h"

#include <algorithm>
#include <map>

using namespace carma;
using namespace carma::log;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

constexpr std::uint64_t kSegment = 7;
constexpr Sequence kFirst = 100;

void addRecord(Sequence sequence, const Bytes& body, Bytes& out)
{
    RecordHeader header;
    header.type = RecordType::Fragment;
    header.flags = kRecordSealed;
    header.sequence = sequence;
    header.storedBytes = static_cast<std::uint32_t>(body.size());
    header.bodyCheck = hash64(body, sequence);
    const std::size_t at = out.size();
    out.resize(at + kRecordHeaderBytes);
    encodeHeader(header, std::span<std::byte, kRecordHeaderBytes>(out.data() + at, kRecordHeaderBytes));
    out.insert(out.end(), body.begin(), body.end());
}

/// A tail of five batches as one file, and the file as it was before the last of them.
struct Image {
    StoreId store = StoreId{}.plus(4242);
    std::vector<std::string> folders{"shards/0", "shards/1", "shards/2"};
    Bytes file;
    Bytes shorter;
    Bytes records;
    std::map<Sequence, Bytes> known;

    Image()
    {
        test::MemoryDisk disk;
        disk.folders.insert(folders[0]);
        const auto executor = makeInlineExecutor();
        const TailHeader header{.store = store, .segment = kSegment, .firstSequence = kFirst, .frontier = MerkleFrontier().encode()};
        auto writer = createTail(disk, *executor, {folders[0]}, header);
        CARMA_ASSERT(writer.has_value());
        const auto path = folders[0] + "/" + tailFileName(kSegment);
        const std::vector<std::vector<std::size_t>> batches{{10, 300}, {5000}, {0, 4032 - 80 - 40}, {9000, 20, 20}, {700, 4500}};
        fuzz::SeededRandom random(5);
        Sequence next = kFirst;
        for (const auto& sizes : batches) {
            Bytes batch;
            const Sequence first = next;
            for (const std::size_t size : sizes) {
                const std::size_t at = batch.size();
                addRecord(next, random.bytes(size), batch);
                known[next++] = toBytes(ByteView(batch).subspan(at));
            }
            shorter = *disk.files.at(path);
            CARMA_ASSERT((*writer)->append(first, static_cast<std::uint32_t>(sizes.size()), batch).has_value());
            records.insert(records.end(), batch.begin(), batch.end());
        }
        file = *disk.files.at(path);
    }
};

const Image& image()
{
    static const Image made;
    return made;
}

/// What holds for every reading: records in order, and in what is not forged each as it was written.
void examine(const TailContents& contents, bool forged)
{
    std::uint64_t end = 0;
    for (const std::uint64_t offset : contents.offsets) {
        CARMA_ASSERT(offset == end);
        const auto record = parseRecord(ByteView(contents.records).subspan(offset));
        CARMA_ASSERT(record.has_value());
        end = offset + record->bytes.size();
        const auto written = image().known.find(record->header.sequence);
        CARMA_ASSERT(forged || (written != image().known.end() && std::ranges::equal(record->bytes, written->second)));
    }
    CARMA_ASSERT(end == contents.records.size());
    CARMA_ASSERT(contents.merged.size() % kSectorBytes == 0 && contents.merged.size() <= kTailBytesMax);
}

/// A repair makes the copies equal, loses nothing of what was read, and is done after one go.
void repairAndReadAgain(test::MemoryDisk& disk, const TailContents& contents, const std::vector<std::string>& folders)
{
    CARMA_ASSERT(repairTail(disk, contents, folders, "quarantine").has_value());
    const auto after = readTail(disk, image().store, kSegment, folders);
    CARMA_ASSERT(after.has_value() && after->clean());
    CARMA_ASSERT(after->records == contents.records && after->gaps.size() == contents.gaps.size());
    const auto second = repairTail(disk, *after, folders, "quarantine");
    CARMA_ASSERT(second.has_value() && *second == 0);
}

void readFiles(const Files& files, bool forged)
{
    const std::vector<std::string> folders(image().folders.begin(), image().folders.begin() + static_cast<std::ptrdiff_t>(files.size()));
    std::vector<std::string> paths;
    test::MemoryDisk disk;
    for (const std::string& folder : folders) {
        disk.folders.insert(folder);
        paths.push_back(folder + "/" + tailFileName(kSegment));
    }
    fuzz::load(disk, paths, files);
    const auto contents = readTail(disk, image().store, kSegment, folders);
    const bool whole = std::ranges::find(files, std::optional(image().file)) != files.end();
    if (!forged && whole) { // one good copy is enough
        CARMA_ASSERT(contents.has_value() && contents->records == image().records && contents->gaps.empty());
    }
    if (contents.has_value()) {
        examine(*contents, forged);
        repairAndReadAgain(disk, *contents, folders);
    }
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
    const std::uint8_t shape = input.byte();
    Files files(1 + shape % 3U);
    if (mode == 0) { // the input's own bytes
        for (auto& file : files) {
            file = toBytes(input.take(&file == &files.back() ? size : input.u16()));
        }
        readFiles(files, true);
        return 0;
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        files[i] = (shape >> (4U + i) & 1U) != 0 ? image().shorter : image().file;
    }
    const auto intent = mode == 1 ? fuzz::Intent::Damage : fuzz::Intent::Forge;
    fuzz::applyEdits(input, intent, files,
        [](std::size_t, std::uint64_t sector, auto bytes) { fuzz::reframeSector(tailPlace(image().store, kSegment, sector), bytes); });
    readFiles(files, intent == fuzz::Intent::Forge);
    return 0;
}
