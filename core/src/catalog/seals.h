// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"

#include <string_view>

/// What the catalog hides: sealed values (AES-256-GCM) and keyed hashes (HMAC-SHA-256, 16 bytes) to look things up by.
/// Byte format: core/docs/format/catalog.md
namespace carma::catalog {

/// The keys at work. Const functions are thread-safe.
class Seals {
public:
    /// REQUIRES: both keys have 32 bytes
    explicit Seals(CatalogKeys keys);

    [[nodiscard]] Bytes seal(ByteView associated, ByteView plain) const;
    [[nodiscard]] Result<Bytes> open(ByteView associated, ByteView sealedBytes) const; ///< Corruption

    /// 16 bytes that only holders of the key can compute; `kind` keeps paths, names and others apart. Empty for an empty
    /// value, so that what is absent matches nothing.
    [[nodiscard]] Bytes hash(std::string_view kind, ByteView space, ByteView value) const;
    [[nodiscard]] Bytes pathHash(const NamespaceId& space, std::string_view path) const;
    [[nodiscard]] Bytes externalHash(const NamespaceId& space, std::string_view externalId) const;
    [[nodiscard]] Bytes digestHash(const NamespaceId& space, const crypto::Digest& digest) const; ///< empty for all zeroes
    [[nodiscard]] Bytes nameHash(std::string_view name) const;

    /// The hidden part of a document. What stands beside it in clear is bound to it: a changed column does not open.
    [[nodiscard]] Bytes sealDocument(const DocumentRow& row) const;
    Result<void> openDocument(ByteView sealedBytes, DocumentRow& row) const;
    [[nodiscard]] Bytes sealName(const NamespaceRow& row) const;
    Result<void> openName(ByteView sealedBytes, NamespaceRow& row) const;

private:
    crypto::AeadKey m_seal;
    SecretBytes m_index;
};

/// 32 bits over everything in the row that never changes: rot in a fragment's row is seen when the row is read.
std::uint32_t fragmentCheck(const FragmentRow& row);

} // namespace carma::catalog
