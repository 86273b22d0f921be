// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/log_record/text_random.h"
#include "disk/sim_disk.h"
#include "log/record/merkle.h"
#include "log/tail/tail.h"

#include <carma/assert.h>

#include <algorithm>
#include <deque>

namespace carma::test {

using log::TailContents;

/// A disk with a few folders and a tail in them, and what was appended to it.
struct TailFixture {
    static constexpr std::uint64_t kSegment = 7;
    static constexpr Sequence kFirst = 100;

    explicit TailFixture(std::size_t copies = 3, std::uint64_t seed = 1) : disk(seed), random(seed)
    {
        for (std::size_t i = 0; i < copies; ++i) {
            folders.push_back("shards/" + std::to_string(i));
            CARMA_ASSERT(disk.makeFolder(folders.back()).has_value());
            CARMA_ASSERT(disk.syncFolder(folders.back()).has_value());
        }
        CARMA_ASSERT(disk.syncFolder("shards").has_value());
        CARMA_ASSERT(disk.syncFolder("").has_value());
        header.store = StoreId{}.plus(4242);
        header.segment = kSegment;
        header.firstSequence = kFirst;
        header.frontier = log::MerkleFrontier().encode();
    }

    void create()
    {
        auto made = log::createTail(disk, *executor, folders, header);
        CARMA_ASSERT(made.has_value());
        writer = std::move(made).value();
    }

    /// Whole records with random bodies; sealing is not what is tested here.
    Bytes makeRecords(const std::vector<std::size_t>& sizes)
    {
        Bytes batch;
        for (const std::size_t size : sizes) {
            const Bytes body = random.bytes(size);
            log::RecordHeader record;
            record.type = log::RecordType::Fragment;
            record.flags = log::kRecordSealed;
            record.sequence = next++;
            record.storedBytes = static_cast<std::uint32_t>(size);
            record.bodyCheck = hash64(body, record.sequence);
            const std::size_t at = batch.size();
            batch.resize(at + log::kRecordHeaderBytes);
            log::encodeHeader(record, std::span<std::byte, log::kRecordHeaderBytes>(batch.data() + at, log::kRecordHeaderBytes));
            batch.insert(batch.end(), body.begin(), body.end());
        }
        return batch;
    }

    Result<void> append(const std::vector<std::size_t>& sizes)
    {
        const Sequence first = next;
        const Bytes batch = makeRecords(sizes);
        const std::uint64_t sector = writer->fileBytes() / log::kSectorBytes;
        CARMA_TRY(writer->append(first, static_cast<std::uint32_t>(sizes.size()), batch));
        batches.push_back({first, sizes.size(), sector, writer->fileBytes() / log::kSectorBytes, batch});
        return {};
    }

    Result<TailContents> read() { return log::readTail(disk, header.store, kSegment, folders); }
    Result<std::uint64_t> repair(const TailContents& contents) { return log::repairTail(disk, contents, folders, "quarantine"); }
    std::string path(std::size_t copy) const { return folders[copy] + "/" + log::tailFileName(kSegment); }

    /// Overwrites a sector with noise, which no code corrects.
    void ruin(std::size_t copy, std::uint64_t sector)
    {
        CARMA_ASSERT(disk.overwrite(path(copy), sector * log::kSectorBytes, random.bytes(log::kSectorBytes)).has_value());
    }
    void ruinInAll(std::uint64_t sector)
    {
        for (std::size_t i = 0; i < folders.size(); ++i) {
            ruin(i, sector);
        }
    }

    /// The records of all batches that were appended, one after the other.
    Bytes allRecords() const
    {
        Bytes all;
        for (const Batch& batch : batches) {
            all.insert(all.end(), batch.records.begin(), batch.records.end());
        }
        return all;
    }
    static std::vector<Sequence> sequencesOf(const TailContents& contents)
    {
        std::vector<Sequence> sequences;
        for (const std::uint64_t offset : contents.offsets) {
            const auto record = log::parseRecord(ByteView(contents.records).subspan(offset));
            CARMA_ASSERT(record.has_value());
            sequences.push_back(record->header.sequence);
        }
        return sequences;
    }
    /// Whether the records read and the gaps together are exactly the numbers up to `end`.
    static bool accountsForAll(const TailContents& contents, Sequence end)
    {
        std::vector<bool> seen(end - kFirst);
        const auto see = [&seen](Sequence sequence) {
            const bool fresh = sequence >= kFirst && sequence - kFirst < seen.size() && !seen[sequence - kFirst];
            if (fresh) {
                seen[sequence - kFirst] = true;
            }
            return fresh;
        };
        for (const Sequence sequence : sequencesOf(contents)) {
            if (!see(sequence)) {
                return false;
            }
        }
        for (const log::TailGap& gap : contents.gaps) {
            for (std::uint32_t i = 0; i < gap.recordCount; ++i) {
                if (!see(gap.firstSequence + i)) {
                    return false;
                }
            }
        }
        return std::ranges::find(seen, false) == seen.end();
    }

    struct Batch {
        Sequence first;
        std::size_t count;
        std::uint64_t sector; ///< its first
        std::uint64_t sectorEnd;
        Bytes records;
    };

    disk::SimDisk disk;
    TextRandom random;
    std::unique_ptr<Executor> executor = makeInlineExecutor();
    std::vector<std::string> folders;
    log::TailHeader header;
    std::unique_ptr<log::TailWriter> writer;
    std::deque<Batch> batches;
    Sequence next = kFirst;
};

} // namespace carma::test
