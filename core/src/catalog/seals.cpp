// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/seals.h"

#include "base/byte_io.h"
#include "base/hash.h"

#include <carma/random.h>

#include <algorithm>
#include <array>

namespace carma::catalog {

namespace {

constexpr std::size_t kHashBytes = 16;

Bytes documentBinding(const DocumentRow& row)
{
    Bytes bytes = toBytes(std::string_view("documents"));
    ByteWriter writer(bytes);
    writer.id(row.id);
    writer.id(row.space);
    writer.number(row.sequence);
    writer.number(row.fragments);
    writer.id(row.replaces);
    return bytes;
}

Bytes nameBinding(const NamespaceRow& row)
{
    Bytes bytes = toBytes(std::string_view("namespaces"));
    ByteWriter writer(bytes);
    writer.id(row.id);
    writer.number(row.createdUs);
    return bytes;
}

} // namespace

Seals::Seals(CatalogKeys keys) : m_seal(keys.seal.view()), m_index(std::move(keys.index))
{
    CARMA_ASSERT(m_index.size() == crypto::kKeyBytes);
}

Bytes Seals::seal(ByteView associated, ByteView plain) const
{
    std::array<std::byte, crypto::kNonceBytes> nonce;
    systemRandom().fill(nonce);
    Bytes out;
    out.reserve(plain.size() + crypto::kSealBytes);
    m_seal.seal(nonce, associated, plain, out);
    return out;
}

Result<Bytes> Seals::open(ByteView associated, ByteView sealedBytes) const
{
    auto plain = m_seal.open(associated, sealedBytes);
    if (!plain.has_value()) {
        return Error{ErrorCode::Corruption, "the catalog: a sealed row does not open"};
    }
    return plain;
}

Bytes Seals::hash(std::string_view kind, ByteView space, ByteView value) const
{
    if (value.empty()) {
        return {};
    }
    const std::array end{std::byte{0}};
    const auto whole = crypto::hmacSha256(m_index.view(), {asBytes(kind), end, space, value});
    return {whole.begin(), whole.begin() + kHashBytes};
}

Bytes Seals::pathHash(const NamespaceId& space, std::string_view path) const { return hash("path", space.view(), asBytes(path)); }

Bytes Seals::externalHash(const NamespaceId& space, std::string_view externalId) const
{
    return hash("external", space.view(), asBytes(externalId));
}

Bytes Seals::digestHash(const NamespaceId& space, const crypto::Digest& digest) const
{
    return digest == crypto::Digest{} ? Bytes{} : hash("digest", space.view(), digest);
}

Bytes Seals::nameHash(std::string_view name) const { return hash("name", {}, asBytes(name)); }

Bytes Seals::sealDocument(const DocumentRow& row) const
{
    Bytes plain;
    ByteWriter writer(plain);
    writer.text(row.path);
    writer.text(row.title);
    writer.text(row.mediaType);
    writer.text(row.externalId);
    writer.raw(row.digest);
    writer.number(row.originalBytes);
    writer.number(row.createdUs);
    writer.number(row.modifiedUs);
    writer.number(static_cast<std::uint32_t>(row.tags.size()));
    for (const std::string& tag : row.tags) {
        writer.text(tag);
    }
    writer.number(static_cast<std::uint32_t>(row.pieces.size()));
    for (const Sequence piece : row.pieces) {
        writer.number(piece);
    }
    return seal(documentBinding(row), plain);
}

Result<void> Seals::openDocument(ByteView sealedBytes, DocumentRow& row) const
{
    CARMA_TRY_ASSIGN(const Bytes plain, open(documentBinding(row), sealedBytes));
    ByteReader reader(plain);
    row.path = reader.text();
    row.title = reader.text();
    row.mediaType = reader.text();
    row.externalId = reader.text();
    const ByteView digest = reader.raw(row.digest.size());
    std::ranges::copy(digest, row.digest.begin());
    row.originalBytes = reader.number<std::uint64_t>();
    row.createdUs = reader.number<std::int64_t>();
    row.modifiedUs = reader.number<std::int64_t>();
    for (auto count = reader.number<std::uint32_t>(); count > 0 && !reader.failed(); --count) {
        row.tags.push_back(reader.text());
    }
    for (auto count = reader.number<std::uint32_t>(); count > 0 && !reader.failed(); --count) {
        row.pieces.push_back(reader.number<Sequence>());
    }
    return reader.atEnd() ? Result<void>() : Error{ErrorCode::Corruption, "the catalog: a document's row has no meaning"};
}

Bytes Seals::sealName(const NamespaceRow& row) const { return seal(nameBinding(row), asBytes(row.name)); }

Result<void> Seals::openName(ByteView sealedBytes, NamespaceRow& row) const
{
    CARMA_TRY_ASSIGN(const Bytes plain, open(nameBinding(row), sealedBytes));
    row.name = toString(ByteView(plain));
    return {};
}

std::uint32_t fragmentCheck(const FragmentRow& row)
{
    std::array<std::byte, 104> bytes;
    ByteSpan rest(bytes);
    const auto put = [&rest](ByteView part) {
        std::ranges::copy(part, rest.begin());
        rest = rest.subspan(part.size());
    };
    const auto number = [&put](auto value) { put(std::as_bytes(std::span(&value, 1))); };
    put(row.id.view());
    put(row.document.view());
    put(row.space.view());
    put(row.parent.view());
    number(row.sequence);
    number(row.order);
    number(row.number);
    number(row.offset);
    number(row.timeUs);
    number(row.bytes);
    number(std::uint32_t{0});
    CARMA_ASSERT(rest.empty());
    return static_cast<std::uint32_t>(hash64(bytes, 0));
}

} // namespace carma::catalog
