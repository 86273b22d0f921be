// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/replicated_object.h"

#include <cstring>

namespace carma::log {

namespace {

constexpr unsigned kQuarantineNamesMax = 10'000; // a bound for the search, far above what repairs leave behind

std::string parentOf(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

Result<void> writeAside(Disk& disk, const std::string& path, OpenMode mode, ByteView data)
{
    CARMA_TRY_ASSIGN(const auto file, disk.open(path, mode));
    CARMA_TRY(file->truncate(0)); // a crash may have left more under this name
    CARMA_TRY(file->writeAt(0, data));
    return file->sync();
}

Result<void> expectContent(Disk& disk, const std::string& path, ByteView data)
{
    const RawCopy copy = readRawCopy(disk, path, data.size());
    if (copy.openError) {
        return *copy.openError;
    }
    if (copy.missing || !copy.unreadable.empty() || copy.bytes.size() != data.size() ||
        std::memcmp(copy.bytes.data(), data.data(), data.size()) != 0) {
        return {ErrorCode::Io, path + " does not read back as it was written"};
    }
    return {};
}

Result<void> quarantineBytes(Disk& disk, const std::string& folder, const std::string& name, ByteView data)
{
    CARMA_TRY(disk.makeFolder(folder));
    for (unsigned number = 1; number <= kQuarantineNamesMax; ++number) {
        const std::string path = folder + "/" + name + (number == 1 ? "" : "." + std::to_string(number));
        const Result<void> written = writeAside(disk, path, OpenMode::CreateNew, data);
        if (!written && written.error().code == ErrorCode::AlreadyExists) {
            continue;
        }
        CARMA_TRY(written);
        CARMA_TRY(disk.syncFolder(folder));
        return disk.syncFolder(parentOf(folder)); // the folder itself may be new
    }
    return {ErrorCode::LimitExceeded, folder + " holds too many files called " + name};
}

} // namespace

void writeObjectHead(ByteWriter& writer, std::string_view magic, const ObjectHead& head)
{
    CARMA_ASSERT(magic.size() == kObjectMagicBytes);
    writer.raw(asBytes(magic));
    writer.number(head.format);
    writer.id(head.store);
    writer.number(head.epoch);
}

std::optional<ObjectHead> readObjectHead(ByteReader& reader, std::string_view magic)
{
    if (asText(reader.raw(kObjectMagicBytes)) != magic) {
        return std::nullopt;
    }
    ObjectHead head;
    head.format = reader.number<std::uint32_t>();
    head.store = reader.id<StoreId>();
    head.epoch = reader.number<std::uint64_t>();
    return reader.failed() ? std::nullopt : std::optional(head);
}

Result<void> ReplicatedObject::writeCopy(const std::string& folder, ByteView file) const
{
    const std::string target = folder + "/" + m_kind.name;
    const std::string aside = target + ".tmp";
    Result<void> written = writeAside(m_disk, aside, OpenMode::Create, file);
    if (written) {
        written = expectContent(m_disk, aside, file); // before it replaces a copy that may be good
    }
    if (written) {
        written = m_disk.rename(aside, target);
    }
    if (!written) {
        static_cast<void>(m_disk.remove(aside)); // best effort: the first error is the one to tell
        return written;
    }
    CARMA_TRY(m_disk.syncFolder(folder));
    return expectContent(m_disk, target, file);
}

Result<void> ReplicatedObject::write(ByteView payload, std::size_t copiesMin) const
{
    // Each sector carries less payload than it has bytes, so this refuses only what would be too long once framed as
    // well.
    const Error tooLong{ErrorCode::LimitExceeded,
        "the " + m_kind.name + " is too long: a file of it has at most " + std::to_string(m_kind.fileBytesMax) + " bytes"};
    if (payload.size() > m_kind.fileBytesMax) {
        return tooLong;
    }
    const Bytes file = frameObject(m_kind.place, payload);
    if (file.size() > m_kind.fileBytesMax) {
        return tooLong;
    }
    // What could not be read back must not replace what can be.
    const ObjectReading proof = readFramedObject(m_kind.place, file);
    if (!proof.complete || !proof.damage.empty() || !m_kind.verify(proof.payload)) {
        return {ErrorCode::InvalidArgument, "the " + m_kind.name + " holds values beyond its bounds and was not written"};
    }
    std::size_t durable = 0;
    std::optional<Error> failure;
    for (const std::string& folder : m_folders) {
        const auto info = m_disk.info(folder);
        if (info && (!info->has_value() || !(*info)->isDirectory)) {
            continue; // repair makes it again
        }
        const Result<void> written = info ? writeCopy(folder, file) : Result<void>(info.error());
        if (written) {
            ++durable;
        } else if (!failure) {
            failure = written.error();
        }
    }
    if (durable >= copiesMin) {
        return {};
    }
    const std::string count = m_kind.name + ": " + std::to_string(durable) + " of at least " + std::to_string(copiesMin) +
        " copies were written";
    return failure ? failure->within(count) : Error{ErrorCode::Io, count + ", because shard folders are missing"};
}

Result<bool> ReplicatedObject::repairCopy(std::size_t shard, const CopyState& state, const Bytes& file, const std::string& quarantine) const
{
    const RawCopy current = readRawCopy(m_disk, pathOf(shard), m_kind.fileBytesMax);
    if (!current.missing && !current.openError && current.unreadable.empty() && current.bytes == file) {
        return false;
    }
    // An older state of this very store is no evidence of damage, and may hold keys that were meant to be forgotten.
    const bool evidence = !current.missing && !current.openError && (!state.stale || state.foreign);
    if (evidence) {
        CARMA_TRY(quarantineBytes(m_disk, quarantine, m_kind.name + "." + std::to_string(shard) + ".bad", current.bytes));
    }
    CARMA_TRY_ASSIGN(const auto info, m_disk.info(m_folders[shard]));
    if (!info) {
        CARMA_TRY(m_disk.makeFolder(m_folders[shard]));
        CARMA_TRY(m_disk.syncFolder(parentOf(m_folders[shard])));
    }
    CARMA_TRY(writeCopy(m_folders[shard], file));
    return true;
}

Result<std::uint64_t> ReplicatedObject::repair(const Bytes& file, const std::vector<CopyState>& copies, const std::string& quarantine) const
{
    if (copies.size() != m_folders.size() || file.size() > m_kind.fileBytesMax || !readFramedObject(m_kind.place, file).complete) {
        return {ErrorCode::InvalidArgument, "the " + m_kind.name + " to repair from was not read from these folders"};
    }
    std::uint64_t bytesWritten = 0;
    std::optional<Error> failure;
    for (std::size_t shard = 0; shard < m_folders.size(); ++shard) {
        if (copies[shard].clean()) {
            continue;
        }
        const Result<bool> repaired = repairCopy(shard, copies[shard], file, quarantine);
        if (repaired) {
            bytesWritten += *repaired ? file.size() : 0;
        } else if (!failure) {
            failure = repaired.error().within(pathOf(shard));
        }
    }
    if (failure) {
        return *failure;
    }
    return bytesWritten;
}

} // namespace carma::log
