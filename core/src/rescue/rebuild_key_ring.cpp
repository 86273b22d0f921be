// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rescue/rebuild_key_ring.h"

#include "base/byte_io.h"
#include "base/counted.h"
#include "log/engine/log.h"
#include "log/engine/log_verify.h"
#include "log/segment/segment.h"
#include "log/tail/tail.h"
#include "store/record_bodies.h"

#include <array>
#include <functional>
#include <map>
#include <set>

namespace carma::rescue {

namespace {

using RecordVisitor = std::function<void(const log::StoredRecord&)>;

/// Every record that can be read in the files of the log, in no order; the same one perhaps twice.
void visitRecords(Disk& disk, const log::Superblock& superblock, Executor& executor, const Task& task, const RecordVisitor& visit)
{
    const log::ShardFolders folders = log::shardFolders(superblock.geometry);
    std::set<std::pair<std::uint64_t, std::uint16_t>> segments;
    std::set<std::uint64_t> tails;
    for (const std::string& folder : folders) {
        const auto files = disk.list(folder);
        for (const FileInfo& file : files.has_value() ? *files : std::vector<FileInfo>()) {
            if (const auto shard = log::parseShardFileName(file.name)) {
                segments.emplace(shard->segment, shard->generation);
            } else if (const auto tail = log::parseTailFileName(file.name)) {
                tails.insert(*tail);
            }
        }
    }
    const auto carve = [&](ByteView bytes) {
        log::carveRecords(bytes, [&](std::uint64_t /*offset*/, const log::StoredRecord& record) { visit(record); });
    };
    std::uint64_t done = 0;
    for (const auto& [segment, generation] : segments) {
        task.report({"looking for keys in the log", done++, segments.size(), "segments"});
        const auto opened = log::openSegment(disk, executor, superblock.store, superblock.geometry, folders, {segment, generation});
        if (opened.has_value() && !task.cancelled()) {
            carve((*opened)->salvage().payload);
        }
    }
    for (const std::uint64_t tail : tails) {
        std::vector<std::string> holders;
        for (const std::string& folder : folders) {
            if (const auto info = disk.info(folder + "/" + log::tailFileName(tail)); info.has_value() && info->has_value()) {
                holders.push_back(folder);
            }
        }
        if (const auto contents = log::readTail(disk, superblock.store, tail, holders); contents.has_value()) {
            carve(contents->records);
        }
    }
}

Bytes sealed(const crypto::AeadKey& key, Random& random, const NamespaceId& space, ByteView plain)
{
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    random.fill(nonce);
    Bytes out;
    key.seal(nonce, space.view(), plain, out);
    return out;
}

/// A dictionary's record: version, number, bytes.
bool readDictionary(ByteView body, std::uint32_t& number, Bytes& dictionary)
{
    ByteReader reader(body);
    const auto version = reader.number<std::uint8_t>();
    number = reader.number<std::uint32_t>();
    dictionary = toBytes(reader.blob());
    return reader.atEnd() && version == 1 && number > 0 && log::Dictionary::load(number, dictionary).has_value();
}

} // namespace

RebuiltKeyRing rebuildKeyRing(
    Disk& disk, const log::Superblock& superblock, const log::MasterKeys& keys, Executor& executor, Random& random, const Task& task)
{
    std::map<Sequence, store::NamespaceBody> spaces;
    std::map<Sequence, Bytes> dictionaries; // whole records: their key is not known yet
    std::set<Sequence> purged;
    std::map<NamespaceId, std::set<Sequence>> sealedRecords;
    visitRecords(disk, superblock, executor, task, [&](const log::StoredRecord& record) {
        const log::RecordHeader& header = record.header;
        if (header.purged()) {
            return;
        }
        if (!header.space.isNull()) {
            sealedRecords[header.space].insert(header.sequence);
            if (header.type == log::RecordType::Dictionary) {
                dictionaries[header.sequence] = Bytes(record.bytes.begin(), record.bytes.end());
            }
            return;
        }
        const auto body = log::openRecord(record, keys.storeRecords(), nullptr);
        if (!body.has_value()) {
            return;
        }
        if (header.type == log::RecordType::Namespace) {
            if (auto space = store::decodeNamespace(*body); space.has_value()) {
                spaces[header.sequence] = *std::move(space);
            }
        } else if (header.type == log::RecordType::Purge) {
            if (const auto sequences = log::purgedSequences(*body); sequences.has_value()) {
                purged.insert(sequences->begin(), sequences->end());
            }
        }
    });
    RebuiltKeyRing rebuilt;
    rebuilt.ring.store = superblock.store;
    rebuilt.ring.epoch = 1;
    for (const auto& [sequence, space] : spaces) {
        const auto key = keys.wrapping().openSecret(space.id.view(), space.wrappedKey);
        if (purged.contains(sequence) || !key.has_value() || key->size() != crypto::kKeyBytes) {
            continue;
        }
        const crypto::AeadKey dataKey(key->view());
        log::KeyRingEntry entry{space.id, sealed(keys.wrapping(), random, space.id, asBytes(space.name)), space.wrappedKey, {}};
        for (const auto& [at, bytes] : dictionaries) {
            const auto record = log::parseRecord(bytes);
            if (!record.has_value() || record->header.space != space.id || purged.contains(at)) {
                continue;
            }
            std::uint32_t number = 0;
            Bytes dictionary;
            const auto body = log::openRecord(*record, dataKey, nullptr);
            if (body.has_value() && readDictionary(*body, number, dictionary)) {
                entry.dictionaries[number] = sealed(dataKey, random, space.id, dictionary);
            }
        }
        sealedRecords.erase(space.id);
        rebuilt.ring.entries.push_back(std::move(entry));
    }
    for (const auto& [space, sequences] : sealedRecords) {
        rebuilt.missing.push_back("the key of namespace " + toString(space) + " is in no key ring and in no record that is left: " +
            counted(sequences.size(), "record stays", "records stay") + " sealed for good unless a copy of a key ring is found");
    }
    return rebuilt;
}

} // namespace carma::rescue
