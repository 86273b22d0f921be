// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "log/superblock/superblock.h"

#include <functional>
#include <optional>

/// What the superblock and the key ring have in common: one framed object, a copy of it in every shard folder.
namespace carma::log {

/// The first 36 bytes of every such object, the same in all formats, so that a newer one can be named and refused.
struct ObjectHead {
    std::uint32_t format = 0;
    StoreId store;
    std::uint64_t epoch = 0;
};
inline constexpr std::size_t kObjectMagicBytes = 8;
void writeObjectHead(ByteWriter& writer, std::string_view magic, const ObjectHead& head);
/// No value if the bytes are too short or begin with another magic.
std::optional<ObjectHead> readObjectHead(ByteReader& reader, std::string_view magic);

/// Which object, and what makes a payload of it valid.
struct ReplicaKind {
    std::string name;       ///< of the file, and in messages
    std::string_view magic; ///< kObjectMagicBytes characters
    SectorPlace place;
    std::uint64_t fileBytesMax = 0;
    std::function<bool(ByteView payload)> verify; ///< not asked for payloads of a newer format
};

struct ReplicaReading {
    Bytes payload;
    Bytes file; ///< the payload framed, what every copy should be
    std::vector<CopyState> copies;
};

/// Reads, writes and repairs the copies of one object. One caller at a time.
class ReplicatedObject {
public:
    ReplicatedObject(Disk& disk, const ShardFolders& folders, ReplicaKind kind) : m_disk(disk), m_folders(folders), m_kind(std::move(kind))
    {
    }
    /// The newest state that can be put together from all copies: of the store that most copies belong to, the highest
    /// epoch whose sectors are all found, each in any copy, or by a majority of bits where it is bad in every copy.
    /// NotFound if there is no copy, Unsupported if any state is of a newer format, DamagedStore if no state is whole,
    /// the error of the disk if no copy can be opened.
    [[nodiscard]] Result<ReplicaReading> read() const;
    /// Writes every copy whose folder exists. An error if fewer than `copiesMin` became durable.
    [[nodiscard]] Result<void> write(ByteView payload, std::size_t copiesMin) const;
    /// Rewrites what `copies` says is not as it should be. All folders are tried; the first error is returned.
    [[nodiscard]] Result<std::uint64_t> repair(
        const Bytes& file, const std::vector<CopyState>& copies, const std::string& quarantine) const;

private:
    [[nodiscard]] std::string pathOf(std::size_t shard) const { return m_folders[shard] + "/" + m_kind.name; }
    [[nodiscard]] Result<void> writeCopy(const std::string& folder, ByteView file) const;
    [[nodiscard]] Result<bool> repairCopy(
        std::size_t shard, const CopyState& state, const Bytes& file, const std::string& quarantine) const;

    Disk& m_disk;
    const ShardFolders& m_folders;
    const ReplicaKind m_kind;
};

/// One file as the disk gives it. Sectors that the device refuses twice are zero and listed.
struct RawCopy {
    bool missing = false;
    std::optional<Error> openError; ///< it is there but cannot be opened
    Bytes bytes;                    ///< at most the cap; a longer file is cut there
    std::vector<std::uint64_t> unreadable;
};
RawCopy readRawCopy(Disk& disk, const std::string& path, std::uint64_t bytesMax);

} // namespace carma::log
