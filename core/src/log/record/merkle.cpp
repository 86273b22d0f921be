// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/merkle.h"

#include "base/byte_io.h"

#include <carma/assert.h>

#include <bit>
#include <cstring>

namespace carma::log {

namespace {

using crypto::Digest;

constexpr std::byte kNodePrefix{1};

Digest node(const Digest& left, const Digest& right) { return crypto::sha256({ByteView(&kNodePrefix, 1), left, right}); }

/// The largest power of two below `size`: where RFC 6962 splits a tree. REQUIRES: size >= 2
std::size_t splitOf(std::size_t size) { return std::bit_floor(size - 1); }

Digest rootOf(std::span<const Digest> leaves)
{
    MerkleFrontier frontier;
    for (const Digest& leaf : leaves) {
        frontier.append(leaf);
    }
    return frontier.root();
}

/// RFC 6962 section 2.1.2, SUBPROOF. `known`: the verifier already has the root of the old part of `leaves`.
void appendSubproof(std::span<const Digest> leaves, std::size_t oldSize, bool known, std::vector<Digest>& proof)
{
    if (oldSize == leaves.size()) {
        if (!known) {
            proof.push_back(rootOf(leaves));
        }
        return;
    }
    const std::size_t split = splitOf(leaves.size());
    if (oldSize <= split) {
        appendSubproof(leaves.first(split), oldSize, known, proof);
        proof.push_back(rootOf(leaves.subspan(split)));
    } else {
        appendSubproof(leaves.subspan(split), oldSize - split, false, proof);
        proof.push_back(rootOf(leaves.first(split)));
    }
}

bool isOdd(std::uint64_t number) { return (number & 1U) != 0; }

} // namespace

void MerkleFrontier::append(const Digest& leaf)
{
    Digest carried = leaf;
    // Adding one leaf is adding one to a binary number: each trailing 1 merges with the carry.
    for (std::uint64_t bits = m_size; isOdd(bits); bits >>= 1U) {
        carried = node(m_peaks.back(), carried);
        m_peaks.pop_back();
    }
    m_peaks.push_back(carried);
    ++m_size;
}

Digest MerkleFrontier::root() const
{
    if (m_peaks.empty()) {
        return crypto::sha256(ByteView{});
    }
    Digest root = m_peaks.back();
    for (std::size_t i = m_peaks.size() - 1; i-- > 0;) {
        root = node(m_peaks[i], root);
    }
    return root;
}

Bytes MerkleFrontier::encode() const
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(m_size);
    for (const Digest& peak : m_peaks) {
        writer.raw(peak);
    }
    return bytes;
}

Result<MerkleFrontier> MerkleFrontier::decode(ByteView bytes)
{
    ByteReader reader(bytes);
    MerkleFrontier frontier;
    frontier.m_size = reader.number<std::uint64_t>();
    const auto count = static_cast<std::size_t>(std::popcount(frontier.m_size));
    if (reader.failed() || reader.rest().size() != count * sizeof(Digest)) {
        return Error{ErrorCode::Corruption, "a Merkle frontier has the wrong length"};
    }
    frontier.m_peaks.resize(count);
    for (Digest& peak : frontier.m_peaks) {
        const ByteView digest = reader.raw(peak.size());
        std::memcpy(peak.data(), digest.data(), peak.size());
    }
    return frontier;
}

std::vector<Digest> inclusionProof(std::span<const Digest> leaves, std::uint64_t index)
{
    CARMA_ASSERT(index < leaves.size());
    std::vector<Digest> fromTop;
    while (leaves.size() > 1) {
        const std::size_t split = splitOf(leaves.size());
        if (index < split) {
            fromTop.push_back(rootOf(leaves.subspan(split)));
            leaves = leaves.first(split);
        } else {
            fromTop.push_back(rootOf(leaves.first(split)));
            leaves = leaves.subspan(split);
            index -= split;
        }
    }
    return {fromTop.rbegin(), fromTop.rend()};
}

bool verifyInclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, std::span<const Digest> proof, const Digest& root)
{
    if (index >= size) {
        return false;
    }
    // RFC 9162 section 2.1.3.2, which checks RFC 6962 paths without building the tree.
    std::uint64_t at = index;
    std::uint64_t last = size - 1;
    Digest computed = leaf;
    for (const Digest& sibling : proof) {
        if (last == 0) {
            return false;
        }
        if (isOdd(at) || at == last) {
            computed = node(sibling, computed);
            while (!isOdd(at) && at != 0) {
                at >>= 1U;
                last >>= 1U;
            }
        } else {
            computed = node(computed, sibling);
        }
        at >>= 1U;
        last >>= 1U;
    }
    return last == 0 && computed == root;
}

std::vector<Digest> consistencyProof(std::span<const Digest> leaves, std::uint64_t oldSize)
{
    CARMA_ASSERT(oldSize > 0 && oldSize <= leaves.size());
    std::vector<Digest> proof;
    appendSubproof(leaves, oldSize, true, proof);
    return proof;
}

bool verifyConsistency(
    std::uint64_t oldSize, const Digest& oldRoot, std::uint64_t newSize, const Digest& newRoot, std::span<const Digest> proof)
{
    if (oldSize > newSize) {
        return false;
    }
    if (oldSize == newSize) {
        return proof.empty() && oldRoot == newRoot;
    }
    if (oldSize == 0) {
        return proof.empty() && oldRoot == crypto::sha256(ByteView{});
    }
    if (proof.empty()) {
        return false;
    }
    // RFC 9162 section 2.1.4.2. A complete old tree is itself the first node and is left out of the proof.
    std::uint64_t at = oldSize - 1;
    std::uint64_t last = newSize - 1;
    while (isOdd(at)) {
        at >>= 1U;
        last >>= 1U;
    }
    const bool complete = std::has_single_bit(oldSize);
    Digest computedOld = complete ? oldRoot : proof.front();
    Digest computedNew = computedOld;
    for (const Digest& next : proof.subspan(complete ? 0 : 1)) {
        if (last == 0) {
            return false;
        }
        if (isOdd(at) || at == last) {
            computedOld = node(next, computedOld);
            computedNew = node(next, computedNew);
            while (!isOdd(at) && at != 0) {
                at >>= 1U;
                last >>= 1U;
            }
        } else {
            computedNew = node(computedNew, next);
        }
        at >>= 1U;
        last >>= 1U;
    }
    return last == 0 && computedOld == oldRoot && computedNew == newRoot;
}

} // namespace carma::log
