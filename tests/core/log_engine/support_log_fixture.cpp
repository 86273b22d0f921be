// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"

#include "log/tail/tail.h"

#include <carma/assert.h>

#include <algorithm>

namespace carma::test {

using namespace carma::log;

LogFixture::LogFixture(std::uint64_t seed, std::size_t threads)
    : disk(seed), random(seed), executor(threads > 1 ? makeThreadExecutor(threads) : makeInlineExecutor())
{
    options.segmentBytes = kSegmentBytes;
    auto fresh = makeSuperblock({.data = 4, .parity = 2}, clock.wallTimeUs(), random);
    CARMA_ASSERT(fresh.has_value());
    superblock = fresh->superblock;
    keys.emplace(fresh->keys.clone());
    const KeySource source{KeySlotKind::KeyFile, SecretBytes(random.bytes(32))};
    CARMA_ASSERT(setSlot(superblock, *keys, source, {}, random).has_value());
    const ShardFolders folders = shardFolders(superblock.geometry);
    for (const std::string& folder : folders) {
        CARMA_ASSERT(disk.makeFolder(folder).has_value());
    }
    CARMA_ASSERT(disk.syncFolder("shards").has_value() && disk.syncFolder("").has_value());
    KeyRing ring;
    ring.store = superblock.store;
    ring.epoch = 1;
    CARMA_ASSERT(writeKeyRing(disk, folders, superblock.geometry, ring, *keys).has_value());
    CARMA_ASSERT(writeSuperblock(disk, folders, superblock, *keys).has_value());
    CARMA_ASSERT(open().has_value());
    for (const char* name : {"anna", "ben"}) {
        const auto space = log->keys().createSpace(name);
        CARMA_ASSERT(space.has_value());
        spaces.push_back((*space)->id);
    }
}

Result<void> LogFixture::open()
{
    log.reset();
    CARMA_TRY_ASSIGN(log, Log::open({*seen, clock, random, *executor}, superblock, keys->clone(), options));
    return {};
}

Result<std::unique_ptr<Log>> LogFixture::openReader()
{
    LogOptions reading = options;
    reading.readOnly = true;
    return Log::open({*seen, clock, random, *executor}, superblock, keys->clone(), reading);
}

Result<void> LogFixture::close()
{
    auto closed = log->close();
    log.reset();
    return closed;
}

Result<void> LogFixture::reopen()
{
    CARMA_TRY(close());
    return open();
}

void LogFixture::crash(disk::SimCrash how)
{
    disk.cutPowerAfter(0); // nothing is tidied up on the way out
    log.reset();
    disk.crash(how);
}

void LogFixture::restore(const Saved& saved)
{
    crash(disk::SimCrash::LoseUnsynced);
    disk.clearFailures();
    disk.load(saved.disk);
    oracle = saved.oracle;
}

std::string LogFixture::text(std::size_t size)
{
    std::string result = "note " + std::to_string(m_texts++) + " ";
    while (result.size() < size) {
        const std::uint64_t word = random.next();
        for (unsigned i = 0; i < 8 && result.size() < size; ++i) {
            result += static_cast<char>('0' + ((word >> (8U * i)) & 63U));
        }
    }
    return result;
}

Result<void> LogFixture::append(const std::vector<std::size_t>& sizes, std::size_t space)
{
    std::vector<std::string> texts;
    for (const std::size_t size : sizes) {
        texts.push_back(text(size));
    }
    return appendTexts(texts, space);
}

Result<void> LogFixture::appendTexts(const std::vector<std::string>& texts, std::size_t space)
{
    std::vector<NewRecord> records;
    for (const std::string& text : texts) {
        records.push_back({RecordType::Fragment, spaces[space], asBytes(text)});
    }
    const auto first = log->append(records);
    if (!first.has_value()) {
        oracle.unknown.push_back(texts);
        return first.error();
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const bool fresh = oracle.acknowledged.try_emplace(*first + i, Oracle::Entry{space, texts[i]}).second;
        CARMA_ASSERT(fresh); // no sequence is acknowledged twice
    }
    return {};
}

Result<void> LogFixture::fill(unsigned batches)
{
    for (unsigned i = 0; i < batches; ++i) {
        CARMA_TRY(append({100 + 37 * (i % 11), 900, 300 + 61 * (i % 5)}, i % 2));
    }
    return {};
}

Result<void> LogFixture::purge(const std::vector<Sequence>& sequences)
{
    auto purged = log->purge(sequences, Task{});
    if (!purged.has_value()) {
        oracle.maybePurged.insert(sequences.begin(), sequences.end());
        return purged.error();
    }
    oracle.purged.insert(sequences.begin(), sequences.end());
    return {};
}

std::map<Sequence, LogFixture::InTail> LogFixture::recordsInTails()
{
    std::map<Sequence, InTail> found;
    for (const std::string& path : filesNamed("tail-")) {
        const auto segment = parseTailFileName(std::string_view(path).substr(path.rfind('/') + 1));
        CARMA_ASSERT(segment.has_value());
        const auto contents = readTail(disk, superblock.store, *segment, shardFolders(superblock.geometry));
        CARMA_ASSERT(contents.has_value());
        for (const std::uint64_t offset : contents->offsets) {
            const auto record = parseRecord(ByteView(contents->records).subspan(offset));
            CARMA_ASSERT(record.has_value());
            found[record->header.sequence] = {*segment, offset, toBytes(record->bytes.first(record->header.totalBytes()))};
        }
    }
    return found;
}

bool LogFixture::holds(ByteView file, ByteView record)
{
    constexpr std::size_t kPiece = 24; // sectors cut a body in two: one piece of it is enough
    const std::string_view body = asText(record.subspan(kRecordHeaderBytes));
    CARMA_ASSERT(body.size() >= kPiece);
    for (std::size_t at = 0; at + kPiece <= body.size(); at += kPiece) {
        if (asText(file).find(body.substr(at, kPiece)) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

std::string LogFixture::fileWith(ByteView record) const
{
    const auto files = disk.files();
    const auto found = std::ranges::find_if(files, [&](const auto& file) { return holds(file.second, record); });
    return found == files.end() ? std::string() : found->first;
}

std::vector<std::string> LogFixture::filesNamed(std::string_view part) const
{
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : disk.files()) {
        if (path.find(part) != std::string::npos) {
            paths.push_back(path);
        }
    }
    return paths;
}

RecordType LogFixture::typeOf(Log& reading, Sequence sequence)
{
    const auto record = reading.read(sequence);
    return record.has_value() ? record->header.type : RecordType{};
}

} // namespace carma::test
