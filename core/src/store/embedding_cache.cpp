// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/embedding_cache.h"

#include "base/byte_io.h"
#include "log/sector/framed_object.h"
#include "store/snapshot_files.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace carma::store {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kKeyBytes = 16;
constexpr std::string_view kAbout = "carma embedding cache"; // label of the key, and associated data of the file

using Key = std::array<std::byte, kKeyBytes>;

} // namespace

struct EmbeddingCache::State {
    State(StoreCore& owner, std::size_t bytesMaximum)
        : core(owner), bytesMax(bytesMaximum), key(owner.log->keys().master().derive(kAbout).view())
    {
        place.store = owner.log->superblock().store;
        place.kind = log::SectorKind::IndexSnapshot;
    }

    void load();
    void put(const Key& at, std::span<const float> vector);
    [[nodiscard]] Bytes encode() const;
    void decode(ByteView stored);

    StoreCore& core;
    const std::size_t bytesMax;
    const crypto::HmacKey key;
    log::SectorPlace place;
    std::mutex mutex;
    // Guarded by mutex.
    bool isLoaded = false, isChanged = false;
    std::uint64_t generation = 0; ///< moved by clear(): what was read before is not put in after
    std::size_t bytes = 0;
    std::map<Key, std::vector<float>> vectors;
    std::deque<Key> order; ///< the oldest first
};

void EmbeddingCache::State::put(const Key& at, std::span<const float> vector)
{
    if (!vectors.try_emplace(at, vector.begin(), vector.end()).second) {
        return;
    }
    order.push_back(at);
    bytes += kKeyBytes + vector.size_bytes();
    while (bytes > bytesMax && !order.empty()) {
        const auto oldest = vectors.find(order.front());
        bytes -= kKeyBytes + oldest->second.size() * sizeof(float);
        vectors.erase(oldest);
        order.pop_front();
    }
    isChanged = true;
}

Bytes EmbeddingCache::State::encode() const
{
    Bytes plain;
    ByteWriter writer(plain);
    writer.number(kVersion);
    for (const Key& at : order) {
        const std::vector<float>& vector = vectors.at(at);
        writer.raw(at);
        writer.blob(std::as_bytes(std::span(vector)));
    }
    return plain;
}

void EmbeddingCache::State::decode(ByteView stored)
{
    ByteReader reader(stored);
    if (reader.number<std::uint8_t>() != kVersion) {
        return;
    }
    while (!reader.rest().empty()) {
        const ByteView at = reader.raw(kKeyBytes);
        const ByteView blob = reader.blob();
        if (reader.failed() || blob.size() % sizeof(float) != 0) {
            return;
        }
        Key read{};
        std::ranges::copy(at, read.begin());
        std::vector<float> vector(blob.size() / sizeof(float));
        std::memcpy(vector.data(), blob.data(), blob.size());
        put(read, vector);
    }
}

/// What is damaged, or not ours, is as good as missing: there is nothing in it that cannot be made again.
void EmbeddingCache::State::load()
{
    if (isLoaded) {
        return;
    }
    isLoaded = true;
    constexpr std::uint64_t kRoomForForm = 64U << 20U; // lengths, sectors and their codes
    const auto file = readWholeFile(*core.world.disk, kPath, 2 * bytesMax + kRoomForForm);
    if (!file.has_value()) {
        return;
    }
    const auto reading = log::readFramedObject(place, *file);
    const auto opened = core.log->keys().master().snapshots().open(asBytes(kAbout), reading.payload);
    if (reading.complete && opened.has_value()) {
        decode(*opened);
        isChanged = false;
    } else if (core.onNotice) {
        core.onNotice("the cache of embeddings " + std::string(kPath) + " is damaged or of another store; it begins anew");
    }
}

class EmbeddingCache::Cached final : public Embedder {
public:
    Cached(std::shared_ptr<Embedder> inner, std::shared_ptr<State> state) : m_inner(std::move(inner)), m_state(std::move(state)) {}

    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_inner->identity(); }
    [[nodiscard]] EmbedderTraits traits() const override { return m_inner->traits(); }
    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override;

private:
    [[nodiscard]] Key keyOf(std::string_view text) const;

    const std::shared_ptr<Embedder> m_inner;
    const std::shared_ptr<State> m_state;
};

Key EmbeddingCache::Cached::keyOf(std::string_view text) const
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(identity().name);
    writer.number(identity().version);
    writer.number(identity().dimension);
    writer.raw(asBytes(text));
    const crypto::Digest digest = m_state->key.mac(bytes);
    Key key{};
    std::copy_n(digest.begin(), kKeyBytes, key.begin());
    return key;
}

Result<void> EmbeddingCache::Cached::embed(std::span<const std::string_view> texts, std::span<float> out)
{
    const std::size_t dimension = identity().dimension;
    CARMA_ASSERT(out.size() == texts.size() * dimension);
    if (texts.size() < 2) {
        return m_inner->embed(texts, out); // a query: neither worth a file nor to be kept in one
    }
    std::vector<Key> keys(texts.size());
    std::ranges::transform(texts, keys.begin(), [this](std::string_view text) { return keyOf(text); });
    std::vector<std::string_view> missing;
    std::vector<std::size_t> places;
    std::uint64_t generation = 0;
    {
        const std::lock_guard guard(m_state->mutex);
        m_state->load();
        generation = m_state->generation;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto found = m_state->vectors.find(keys[i]);
            if (found != m_state->vectors.end() && found->second.size() == dimension) {
                std::ranges::copy(found->second, out.subspan(i * dimension, dimension).begin());
            } else {
                missing.push_back(texts[i]);
                places.push_back(i);
            }
        }
    }
    if (missing.empty()) {
        return {};
    }
    std::vector<float> made(missing.size() * dimension);
    CARMA_TRY(m_inner->embed(missing, made));
    const std::lock_guard guard(m_state->mutex);
    for (std::size_t k = 0; k < places.size(); ++k) {
        const auto vector = std::span(made).subspan(k * dimension, dimension);
        std::ranges::copy(vector, out.subspan(places[k] * dimension, dimension).begin());
        // All zeroes is no vector: there is nothing to embed, or a plugin failed and the text was to go without. Neither is kept.
        const bool isVector = std::ranges::any_of(vector, [](float number) { return number != 0; });
        if (isVector && m_state->generation == generation) {
            m_state->put(keys[places[k]], vector);
        }
    }
    return {};
}

EmbeddingCache::EmbeddingCache(StoreCore& core, std::size_t bytesMax) : m_state(std::make_shared<State>(core, bytesMax)) {}

EmbeddingCache::~EmbeddingCache() = default;

std::shared_ptr<Embedder> EmbeddingCache::wrap(std::shared_ptr<Embedder> embedder)
{
    if (embedder == nullptr || !embedder->traits().slow) {
        return embedder;
    }
    const std::lock_guard guard(m_mutex);
    if (m_inner != embedder) {
        m_wrapped = std::make_shared<Cached>(embedder, m_state);
        m_inner = std::move(embedder);
    }
    return m_wrapped;
}

void EmbeddingCache::save()
{
    const std::lock_guard guard(m_state->mutex);
    if (!m_state->isChanged) {
        return;
    }
    StoreCore& core = m_state->core;
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    core.world.random->fill(nonce);
    Bytes sealed;
    core.log->keys().master().snapshots().seal(nonce, asBytes(kAbout), m_state->encode(), sealed);
    Disk& disk = *core.world.disk;
    m_state->isChanged = !(disk.makeFolder(SnapshotFiles::kFolder).has_value() &&
        replaceFile(disk, kPath, log::frameObject(m_state->place, sealed)).has_value());
}

bool EmbeddingCache::clear()
{
    const std::lock_guard guard(m_state->mutex);
    ++m_state->generation;
    m_state->vectors.clear();
    m_state->order.clear();
    m_state->bytes = 0;
    m_state->isLoaded = true;
    m_state->isChanged = false;
    Disk& disk = *m_state->core.world.disk;
    if (disk.remove(kPath).has_value()) {
        return disk.syncFolder(SnapshotFiles::kFolder).has_value();
    }
    const auto left = disk.info(kPath);
    return left.has_value() && !*left;
}

} // namespace carma::store
