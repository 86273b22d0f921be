// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"

#include <vector>

/// The RFC 6962 Merkle tree over all records of the log: leaf = SHA-256(0x00 || record), node = SHA-256(0x01 || left || right).
namespace carma::log {

/// The roots of the complete subtrees from left to right: all that is needed to append and to give the root. Not thread-safe.
class MerkleFrontier {
public:
    void append(const crypto::Digest& leaf);
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// SHA-256 of nothing for an empty tree.
    [[nodiscard]] crypto::Digest root() const;
    /// u64 size, then popcount(size) digests.
    [[nodiscard]] Bytes encode() const;
    static Result<MerkleFrontier> decode(ByteView bytes);
    bool operator==(const MerkleFrontier&) const = default;

private:
    std::uint64_t m_size = 0;
    std::vector<crypto::Digest> m_peaks;
};

/// RFC 6962 section 2.1.1 audit path of leaf `index` in the tree over `leaves`. REQUIRES: index < leaves.size()
std::vector<crypto::Digest> inclusionProof(std::span<const crypto::Digest> leaves, std::uint64_t index);
bool verifyInclusion(
    const crypto::Digest& leaf, std::uint64_t index, std::uint64_t size, std::span<const crypto::Digest> proof, const crypto::Digest& root);
/// RFC 6962 section 2.1.2 consistency proof between the first `oldSize` leaves and all. REQUIRES: 0 < oldSize <= leaves.size()
std::vector<crypto::Digest> consistencyProof(std::span<const crypto::Digest> leaves, std::uint64_t oldSize);
bool verifyConsistency(std::uint64_t oldSize, const crypto::Digest& oldRoot, std::uint64_t newSize, const crypto::Digest& newRoot,
    std::span<const crypto::Digest> proof);

/// A tree head as a C2SP signed note (https://c2sp.org/tlog-checkpoint): origin, size, root in base64, signature line.
struct Checkpoint {
    std::string origin; ///< "carma/<store id>"
    std::uint64_t size = 0;
    crypto::Digest root{};
    bool operator==(const Checkpoint&) const = default;
};
std::string signCheckpoint(const Checkpoint& checkpoint, const crypto::SigningKey& key);
/// AuthenticationFailed if the signature is not `key`'s; Corruption if the text is no such note. Bounded: notes over 4 KiB are refused.
Result<Checkpoint> openCheckpoint(std::string_view note, const std::string& origin, const crypto::PublicKey& key);

} // namespace carma::log
