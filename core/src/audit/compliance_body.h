// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"

#include <carma/audit.h>

#include <variant>

/// What the body of a compliance record says: policy, legal holds, erasures, heads that this store co-signed.
/// Byte format: core/docs/format/audit.md
namespace carma::audit {

struct HoldChange {
    NamespaceId space;
    FragmentId document; ///< null: the whole namespace
    bool placed = true;  ///< else released
    std::string reason;
};

/// From the first of these records on a namespace is gone; the second says that nothing is left to do.
struct Erasure {
    NamespaceId space;
    bool done = false;
    std::uint64_t recordsPurged = 0;
    std::vector<Sequence> also{}; ///< begun: records beside the namespace's own that tell of the person and are to be purged
};
/// More do not fit into one record; a batch may have several.
inline constexpr std::size_t kErasureAlsoMax = 100'000;

struct WitnessedHead {
    std::string origin;
    std::uint64_t size = 0;
    crypto::Digest root{};
};

using Compliance = std::variant<AuditPolicy, HoldChange, Erasure, WitnessedHead>;

Bytes encodeCompliance(const Compliance& item);
/// Corruption if the bytes are no such body; Unsupported for a newer version or kind.
Result<Compliance> decodeCompliance(ByteView bytes);

} // namespace carma::audit
