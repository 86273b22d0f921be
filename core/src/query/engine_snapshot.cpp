// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/fractal_engine.h"

#include "base/byte_io.h"

#include <carma/assert.h>

#include <shared_mutex>

/// An engine as bytes and back.
namespace carma::query {

namespace {

// A snapshot: magic, version u32, the embedder's name, version u32 and dimension u32, the caller's sequence u64, then the indexes as
// Indexes writes them.
constexpr std::uint64_t kSnapshotMagic = 0x3158444E49524143; // "CARINDX1"
constexpr std::uint32_t kSnapshotVersion = 6;                // part of the stored form

} // namespace

Bytes FractalEngine::encode(Sequence appliedSequence)
{
    const std::lock_guard noneLinks(m_improveMutex); // links lead to slots that are only just being linked
    prepare();                                       // a program that reads it for one query has no time for that
    const std::shared_lock<Gate> lock(m_mutex);
    Bytes out;
    ByteWriter writer(out);
    writer.number(kSnapshotMagic);
    writer.number(kSnapshotVersion);
    writer.text(m_embedder->identity().name);
    writer.number(m_embedder->identity().version);
    writer.number(m_embedder->identity().dimension);
    writer.number(appliedSequence);
    m_indexes.encode(out);
    return out;
}

bool FractalEngine::isDamaged() const
{
    const std::shared_lock<Gate> lock(m_mutex);
    return hasFailed();
}

Result<DecodedEngine> decodeSearchEngine(
    std::shared_ptr<index::SnapshotPages> pages, std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options)
{
    CARMA_ASSERT(embedder != nullptr && embedder->identity().dimension > 0);
    index::SnapshotReader reader(pages);
    if (reader.number<std::uint64_t>() != kSnapshotMagic) {
        return {ErrorCode::Corruption, "the bytes are no snapshot of a search engine"};
    }
    if (reader.number<std::uint32_t>() != kSnapshotVersion) {
        return {ErrorCode::Unsupported, "the snapshot has a version that this program does not read"};
    }
    EmbedderIdentity identity;
    identity.name = reader.text();
    identity.version = reader.number<std::uint32_t>();
    identity.dimension = reader.number<std::uint32_t>();
    const auto appliedSequence = reader.number<Sequence>();
    if (reader.failed()) {
        return {ErrorCode::Corruption, "the snapshot ends within its head"};
    }
    if (identity != embedder->identity()) {
        return {ErrorCode::Unsupported, "the snapshot's vectors come from another embedder"};
    }
    CARMA_TRY_ASSIGN(auto indexes, Indexes::decode(reader, identity.dimension));
    if (!reader.atEnd()) {
        return {ErrorCode::Corruption, "the snapshot is followed by other bytes"};
    }
    return DecodedEngine{
        std::make_unique<FractalEngine>(std::move(embedder), weights, options, std::move(indexes), std::move(pages)), appliedSequence};
}

Result<DecodedEngine> decodeSearchEngine(
    ByteView bytes, std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options)
{
    return decodeSearchEngine(std::make_shared<index::SnapshotPages>(bytes), std::move(embedder), weights, options);
}

} // namespace carma::query
